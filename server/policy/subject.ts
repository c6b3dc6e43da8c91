// Who asks, as policies see a person: groups, attributes and clearance come from the identity provider or the workspace's owner,
// never from the person.
import type { PersonId } from '#protocol/ids.ts'
import type { Label } from '#protocol/policy/label.ts'
import { dominates } from '#protocol/policy/label.ts'
import type { Audience, Bound } from '#protocol/policy/policy.ts'

export type Subject = {
  readonly person: PersonId
  readonly member: boolean
  readonly groups: readonly string[]
  readonly attributes: Readonly<Record<string, readonly string[]>>
  readonly clearance: Label
}

export function isIn(audience: Audience, who: Subject): boolean {
  if (!who.member) return false
  switch (audience.who) {
    case 'workspace':
      return true
    case 'person':
      return audience.person === who.person
    case 'group':
      return who.groups.includes(audience.group)
  }
}

/** Does a rule that takes away hold for this person? */
export function binds(bound: Bound, who: Subject): boolean {
  switch (bound.all) {
    case 'everybody':
      return true
    case 'below':
      return !dominates(who.clearance, bound.label)
    case 'outside':
      return !who.groups.includes(bound.group)
  }
}
