// What the server says where it refuses what a dialog sent.
import type { Refusal } from '#protocol/api.ts'
import { Reference } from '../../../ui/Notice.tsx'

export const NotDone = (props: { readonly refusal: Refusal }) => (
  <p class="mt-3 rounded-[6px] bg-bad-soft px-3 py-2 text-sm" role="alert">
    {props.refusal.message}
    <br />
    <Reference refusal={props.refusal} />
  </p>
)
