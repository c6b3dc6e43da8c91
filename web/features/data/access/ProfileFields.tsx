// Anybody of a clearance and in some groups, for whom no grant to a person holds.
import { GroupName } from '#protocol/policy/policy.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { Field } from '../parts/Field.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { words } from './draft.ts'

type ProfileFieldsProps = { readonly profile: Profile; readonly onProfile: (profile: Profile) => void }

export const ProfileFields = (props: ProfileFieldsProps) => (
  <div class="mb-3 flex flex-col gap-2">
    <LabelField
      of="the profile"
      label={props.profile.clearance}
      onLabel={(clearance) => props.onProfile({ ...props.profile, clearance })}
    />
    <Field
      label="Groups of the profile"
      text={props.profile.groups.join(', ')}
      read={readGroups}
      wrong="Groups are words of small letters, digits and _, with commas between them."
      placeholder="no groups"
      onValue={(groups) => props.onProfile({ ...props.profile, groups })}
    />
    <p class="text-xs text-ink-2">Grants to one person are not theirs. A rule on attributes is taken to leave rows out.</p>
  </div>
)

export function readGroups(text: string): readonly string[] | null {
  const groups = words(text)
  return groups.every((group) => GroupName.safeParse(group).success) ? [...new Set(groups)] : null
}
