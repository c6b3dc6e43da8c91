// The record of reads and edits: auditors see all of it, others what they did themselves. No row holds a value of data.
import { createInfiniteQuery } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import { useMay } from '../../../net/context.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Button } from '../../../ui/Button.tsx'
import { Query } from '../../../ui/Query.tsx'
import { useManaged } from '../queries.ts'
import { Chain } from './Chain.tsx'
import { Export } from './Export.tsx'
import { Filters } from './Filters.tsx'
import { Line } from './Line.tsx'

export type Filter = { readonly person: string; readonly table: string }

export function Audit() {
  const may = useMay()
  const [filter, setFilter] = createSignal<Filter>({ person: '', table: '' })
  const pages = createRecord(filter)
  const lines = () => dataOf(pages)?.pages.flatMap((page) => page.lines) ?? []
  return (
    <div class="flex min-h-0 grow flex-col">
      <div class="flex flex-wrap items-center gap-3 pb-3">
        <Filters filter={filter()} all={may('audit all')} onFilter={setFilter} />
        <Show when={may('audit all')} fallback={<p class="text-sm text-ink-2">What you have read and changed yourself.</p>}>
          <Chain />
          <Export />
        </Show>
      </div>
      <div class="min-h-0 grow overflow-auto border-t border-line pb-8">
        <Query query={pages}>
          {() => (
            <Show when={lines().length > 0} fallback={<p class="py-6 text-sm text-ink-2">There is nothing on record here.</p>}>
              <ol aria-label="Record">
                <For each={lines()}>{(line) => <Line line={line} />}</For>
              </ol>
              <Show when={pages.hasNextPage}>
                <Button class="mt-4" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  Show older
                </Button>
              </Show>
            </Show>
          )}
        </Query>
      </div>
    </div>
  )
}

function createRecord(filter: () => Filter) {
  const api = useManaged()
  return createInfiniteQuery(() => ({
    queryKey: ['data', 'audit', filter()],
    queryFn: ({ pageParam, signal }) => {
      const { person, table } = filter()
      const query = { before: pageParam === 0 ? '' : String(pageParam), person, table }
      return api('GET /api/audit', {
        query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')),
        signal,
      })
    },
    initialPageParam: 0,
    getNextPageParam: ({ lines, older }) => (older ? (lines.at(-1)?.seq ?? null) : null),
    retry: false,
  }))
}
