// What something was made from, as the server wrote it down.
import { For, Show } from 'solid-js'
import type { Origin } from '#protocol/release.ts'
import { originLines } from '../origin.ts'

/** `table`: it is a managed one, to which several may have written. */
export function MadeFrom(props: { readonly origin: Origin; readonly table: boolean }) {
  const lines = () => originLines(props.origin)
  return (
    <Show when={lines().length > 0} fallback={<p class="text-sm">Made of no managed data.</p>}>
      <div class="text-sm">
        <p class="mb-1 font-medium">{props.table ? 'Kernels that wrote to it had read' : 'Its kernel had read'}</p>
        <ul aria-label="Made from" class="flex list-disc flex-col gap-1 pl-5">
          <For each={lines()}>{(line) => <li>{line}</li>}</For>
        </ul>
      </div>
    </Show>
  )
}
