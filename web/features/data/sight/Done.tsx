// What a kernel has written, saved, asked of models and searched for.
import ChartLine from 'lucide-solid/icons/chart-line'
import FilePen from 'lucide-solid/icons/file-pen'
import MessageSquare from 'lucide-solid/icons/message-square'
import Package from 'lucide-solid/icons/package'
import Search from 'lucide-solid/icons/search'
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { Sight } from '#protocol/sight.ts'
import type { Icon } from '../../../ui/icon.ts'
import { Time } from '../../../ui/Time.tsx'

const ICONS: Record<Sight['done'][number]['what'], Icon> = {
  write: FilePen,
  prompt: MessageSquare,
  search: Search,
  prediction: ChartLine,
  save: Package,
}

export const Done = (props: Pick<Sight, 'done'>) => (
  <section class="border-b border-line/60 p-4 text-sm">
    <h3 class="mb-1 font-medium">Done</h3>
    <ul aria-label="What it did">
      <For each={props.done}>
        {(one) => (
          <li class="mt-2 flex gap-2">
            <Dynamic component={ICONS[one.what]} size={13} class="mt-1 flex-none text-ink-2" aria-hidden="true" />
            <span class="min-w-0 break-words">
              {one.text} <When times={one.times} at={one.at} />
            </span>
          </li>
        )}
      </For>
    </ul>
  </section>
)

export const When = (props: { readonly times: number; readonly at: number }) => (
  <span class="text-xs text-ink-2">
    <Show when={props.times > 1}>{props.times} times, last </Show>
    <Time at={props.at} />
  </span>
)
