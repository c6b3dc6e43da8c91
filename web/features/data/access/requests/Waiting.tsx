// How many wait for an answer, where the way to them is.
import { Show } from 'solid-js'
import { count } from '../../../../primitives/format.ts'
import { dataOf } from '../../../../primitives/query.ts'
import { createRequests } from './createRequests.ts'

export function Waiting() {
  const requests = createRequests()
  const waiting = () => dataOf(requests)?.length ?? 0
  return (
    <Show when={waiting() > 0}>
      <span class="chip ml-1.5" data-tone="warn" title={`${count(waiting(), 'request')} to answer`}>
        {waiting()}
      </span>
    </Show>
  )
}
