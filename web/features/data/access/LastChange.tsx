// Who changed something last, when and why.
import type { PersonCard } from '#protocol/managed.ts'
import { Time } from '../../../ui/Time.tsx'

export const LastChange = (props: { readonly last: NonNullable<PersonCard['changed']> }) => (
  <p class="mb-4 text-sm text-ink-2 select-text">
    Last changed by {props.last.by.name}, <Time at={props.last.at} />: {props.last.reason}
  </p>
)
