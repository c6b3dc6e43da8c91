// What a kernel counts as, and what made it that high.
import { For, Show } from 'solid-js'
import type { Sight } from '#protocol/sight.ts'
import { labelText } from '../../../primitives/label.ts'

function raiserText(one: Sight['raised'][number]): string {
  switch (one.of) {
    case 'table':
      return one.name
    case 'model':
      return `answers of the model ${one.name}`
    case 'library':
      return 'passages of the library'
    case 'workspace':
      return 'the workspace itself'
    case 'source':
      return 'what stands in its source'
    case 'files':
      return 'the files beside it'
  }
}

export const Counts = (props: Pick<Sight, 'label' | 'raised'>) => (
  <div class="border-b border-line p-4 text-sm">
    <p>
      This kernel counts as <strong class="font-semibold">{labelText(props.label)}</strong>: the highest of the workspace and of
      all that it was given.
    </p>
    <Show when={props.raised.length > 0}>
      <ul aria-label="What raised it" class="mt-2 flex flex-col gap-1">
        <For each={props.raised}>
          {(one) => (
            <li class="flex items-baseline justify-between gap-3 text-ink-2">
              <span class="min-w-0 truncate">Raised by {raiserText(one)}</span>
              <span class="chip flex-none">{labelText(one.label)}</span>
            </li>
          )}
        </For>
      </ul>
    </Show>
  </div>
)
