// One's own running kernels, each with the way to end it: shown where the limit of a person is met.
import { createQuery, useQueryClient } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import type { NotebookId } from '#protocol/ids.ts'
import { sizeText } from '#protocol/size.ts'
import type { Answer } from '../../net/api.ts'
import { useApi } from '../../net/context.ts'
import { sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'

type Running = Answer<'GET /api/kernels'>[number]
const KEY = ['kernels', 'running'] as const

export function RunningKernels(props: { readonly nameOf: (id: NotebookId) => string | null }) {
  const api = useApi()
  const kernels = createQuery(() => ({ queryKey: KEY, queryFn: () => api('GET /api/kernels'), staleTime: 0 }))
  const running = () => (dataOf(kernels) ?? []).filter(({ phase }) => phase.phase !== 'exited')
  return (
    <Show when={running().length > 0}>
      <ul
        aria-label="Your running kernels"
        class="mx-auto mb-12 w-full max-w-md overflow-auto rounded-[10px] border border-line bg-surface text-left"
      >
        <For each={running()}>
          {(kernel) => <Entry kernel={kernel} name={props.nameOf(kernel.notebook) ?? 'A notebook that is not shared with you'} />}
        </For>
      </ul>
    </Show>
  )
}

function Entry(props: { readonly kernel: Running; readonly name: string }) {
  const api = useApi()
  const client = useQueryClient()
  const [ending, setEnding] = createSignal(false)
  async function end(): Promise<void> {
    setEnding(true)
    await api('POST /api/kernels/:kernel/stop', { params: { kernel: props.kernel.kernel } }).catch(sayRefused)
    await client.invalidateQueries({ queryKey: KEY })
  }
  return (
    <li class="flex items-center gap-3 border-b border-line/60 px-4 py-2 text-sm last:border-0">
      <span class="min-w-0 grow">
        <span class="block truncate font-medium">{props.name}</span>
        <span class="numeric block text-xs text-ink-2">
          {props.kernel.mode === 'edit' ? 'editing' : 'reading'}
          <Show when={props.kernel.usage}>{(usage) => <> · {sizeText(usage().memory)}</>}</Show>
        </span>
      </span>
      <Button size="small" disabled={ending()} aria-label={`Shut down ${props.name}`} onClick={() => void end()}>
        Shut down
      </Button>
    </li>
  )
}
