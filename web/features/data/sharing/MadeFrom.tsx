// What something was made from, as the server wrote it down.
import { For, Show } from 'solid-js'
import type { Origin } from '#protocol/release.ts'
import { originLines } from '../origin.ts'

export function MadeFrom(props: { readonly origin: Origin }) {
  const lines = () => originLines(props.origin)
  return (
    <Show when={lines().length > 0} fallback={<p class="text-sm">Its kernel had read no managed data.</p>}>
      <div class="text-sm">
        <p class="mb-1 font-medium">Its kernel had read</p>
        <ul aria-label="Made from" class="flex list-disc flex-col gap-1 pl-5">
          <For each={lines()}>{(line) => <li>{line}</li>}</For>
        </ul>
      </div>
    </Show>
  )
}
