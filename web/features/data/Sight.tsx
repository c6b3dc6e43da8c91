// What a notebook's kernel has read, done and been refused, as the gateway decided it: drawn by the shell, so nothing in the frame can
// forge it. A sum over rows that were left out looks like the truth: here it says so.
import { createQuery } from '@tanstack/solid-query'
import EyeOff from 'lucide-solid/icons/eye-off'
import Funnel from 'lucide-solid/icons/funnel'
import { createSignal, For, type JSX, Show, Suspense } from 'solid-js'
import type { KernelId } from '#protocol/ids.ts'
import { type Sight as Shown, SIGHT_API } from '#protocol/sight.ts'
import { usePeople } from '../../net/context.ts'
import { count } from '../../primitives/format.ts'
import { labelText } from '../../primitives/label.ts'
import { lazily } from '../../ui/lazily.tsx'
import { Query } from '../../ui/Query.tsx'
import { Done } from './sight/Done.tsx'
import { Refused } from './sight/Refused.tsx'
import { maskedText } from './words.ts'

const AskDialog = lazily(() => import('./sight/AskDialog.tsx').then((module) => module.AskDialog))
const EVERY = 2000 // ms between looks while the panel is open

export function Sight(props: { readonly kernel: KernelId }) {
  const api = usePeople().apiOf(SIGHT_API)
  const [asked, setAsked] = createSignal<string | null>(null)
  const sight = createQuery(() => ({
    queryKey: ['sight', props.kernel],
    queryFn: () => api('GET /api/kernels/:kernel/sight', { params: { kernel: props.kernel } }),
    refetchInterval: EVERY,
  }))
  return (
    <>
      <Query query={sight}>
        {(seen) => (
          <>
            <Counts label={seen().label} raised={seen().raised} />
            <Show when={seen().library}>
              {(label) => (
                <p class="border-b border-line p-4 text-sm">
                  It was given passages of the library: up to <strong class="font-semibold">{labelText(label())}</strong>.
                </p>
              )}
            </Show>
            <Show when={seen().tables.length > 0} fallback={<Nothing library={seen().library} />}>
              <ul aria-label="Tables read">
                <For each={seen().tables}>{(table) => <TableSeen table={table} />}</For>
              </ul>
            </Show>
            <Show when={seen().done.length > 0}>
              <Done done={seen().done} />
            </Show>
            <Show when={seen().refused.length > 0}>
              <Refused refused={seen().refused} onAsk={setAsked} onChange={() => void sight.refetch()} />
            </Show>
          </>
        )}
      </Query>
      <Show when={asked()}>
        {(table) => (
          <Suspense>
            <AskDialog
              kernel={props.kernel}
              table={table()}
              onAsked={() => void sight.refetch()}
              onClose={() => setAsked(null)}
            />
          </Suspense>
        )}
      </Show>
    </>
  )
}

function Counts(props: Pick<Shown, 'label' | 'raised'>) {
  return (
    <div class="border-b border-line p-4 text-sm">
      <p>
        This kernel counts as <strong class="font-semibold">{labelText(props.label)}</strong>: the highest of the workspace and of
        all that it has read.
      </p>
      <Show when={props.raised.length > 0}>
        <ul aria-label="What raised it" class="mt-2 flex flex-col gap-1">
          <For each={props.raised}>
            {({ table, source, label }) => (
              <li class="flex items-baseline justify-between gap-3 text-ink-2">
                <span class="min-w-0 truncate">
                  Raised by {table ?? (source ? 'what stands in its source' : 'passages of the library')}
                </span>
                <span class="chip flex-none">{labelText(label)}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  )
}

const Nothing = (props: { readonly library: Shown['library'] }) => (
  <p class="p-4 text-sm text-ink-2">
    {props.library === null ? 'Nothing has been read yet.' : 'No table has been read yet.'}{' '}
    <code class="font-mono text-xs text-ink">from scrydon import tables</code> and{' '}
    <code class="font-mono text-xs text-ink">tables.list()</code> show what there is.
  </p>
)

function TableSeen(props: { readonly table: Shown['tables'][number] }) {
  const masked = () => props.table.columns.filter((column) => column.masked !== null)
  return (
    <li class="border-b border-line/60 p-4 text-sm">
      <h3 class="flex items-baseline justify-between gap-3 font-medium">
        <span class="truncate">{props.table.name}</span>
        <span class="shrink-0 text-xs font-normal text-ink-2">{count(props.table.columns.length, 'column')}</span>
      </h3>
      <Show when={props.table.filtered}>
        <Note icon={<Funnel size={13} aria-hidden="true" />}>Some rows are left out for you.</Note>
      </Show>
      <For each={masked()}>
        {(column) => (
          <Note icon={<EyeOff size={13} aria-hidden="true" />}>
            <span class="font-mono text-xs text-ink">{column.name}</span> {maskedText(column.masked)}
          </Note>
        )}
      </For>
      <Show when={!props.table.filtered && masked().length === 0}>
        <p class="mt-1 text-ink-2">You see it whole.</p>
      </Show>
    </li>
  )
}

const Note = (props: { readonly icon: JSX.Element; readonly children: JSX.Element }) => (
  <p class="mt-1 flex items-center gap-2 text-ink-2">
    {props.icon}
    <span>{props.children}</span>
  </p>
)
