// What a notebook's kernel has read, as the gateway decided it: drawn by the shell, so nothing in the frame can forge it. A sum over
// rows that were left out looks like the truth: here it says so.
import { createQuery } from '@tanstack/solid-query'
import EyeOff from 'lucide-solid/icons/eye-off'
import Funnel from 'lucide-solid/icons/funnel'
import { For, type JSX, Show } from 'solid-js'
import type { Sight as Shown } from '#protocol/api.ts'
import type { KernelId } from '#protocol/ids.ts'
import { useApi } from '../../net/context.ts'
import { labelText } from '../../primitives/label.ts'
import { Query } from '../../ui/Query.tsx'
import { Time } from '../../ui/Time.tsx'
import { maskedText } from './words.ts'

const EVERY = 2000 // ms between looks while the panel is open

export function Sight(props: { readonly kernel: KernelId }) {
  const api = useApi()
  const sight = createQuery(() => ({
    queryKey: ['sight', props.kernel],
    queryFn: () => api('GET /api/kernels/:kernel/sight', { params: { kernel: props.kernel } }),
    refetchInterval: EVERY,
  }))
  return (
    <Query query={sight}>
      {(seen) => (
        <>
          <p class="border-b border-line p-4 text-sm">
            This kernel counts as <strong class="font-semibold">{labelText(seen().label)}</strong>: the highest of the workspace
            and all that it has read.
          </p>
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
          <Show when={seen().refused.length > 0}>
            <Refused refused={seen().refused} />
          </Show>
        </>
      )}
    </Query>
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
        <span class="shrink-0 text-xs font-normal text-ink-2">{columnsText(props.table.columns.length)}</span>
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

const columnsText = (count: number) => `${count} column${count === 1 ? '' : 's'}`

const Note = (props: { readonly icon: JSX.Element; readonly children: JSX.Element }) => (
  <p class="mt-1 flex items-center gap-2 text-ink-2">
    {props.icon}
    <span>{props.children}</span>
  </p>
)

const Refused = (props: { readonly refused: Shown['refused'] }) => (
  <section class="p-4 text-sm">
    <h3 class="mb-1 font-medium">Refused</h3>
    <ul aria-label="Refused reads">
      <For each={props.refused}>
        {(one) => (
          <li class="mt-2">
            {one.message}{' '}
            <span class="text-xs text-ink-2">
              <Time at={one.at} />
            </span>
          </li>
        )}
      </For>
    </ul>
  </section>
)
