// The tables that one may know of, as one sees them.
import Database from 'lucide-solid/icons/database'
import { createMemo, createSignal, For, Show } from 'solid-js'
import type { TableCard } from '#protocol/managed.ts'
import { count } from '../../../primitives/format.ts'
import { labelText } from '../../../primitives/label.ts'
import { matches } from '../../../primitives/match.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Empty } from '../../../ui/Notice.tsx'
import { Query } from '../../../ui/Query.tsx'
import { pathOf } from '../place.ts'
import { createTables } from '../queries.ts'
import { Sees } from './Sees.tsx'

export function Tables() {
  const tables = createTables()
  const [query, setQuery] = createSignal('')
  const found = createMemo(() => (dataOf(tables) ?? []).filter((each) => query().trim() === '' || matches(each.name, query())))
  return (
    <Query query={tables}>
      {(all) => (
        <Show when={all().length > 0} fallback={<NoTables />}>
          <div class="flex min-h-0 grow flex-col">
            <div class="pb-3">
              <input
                type="search"
                class="field max-w-72"
                data-search
                aria-label="Search tables"
                placeholder="Search tables"
                value={query()}
                onInput={(event) => setQuery(event.currentTarget.value)}
              />
            </div>
            <Show when={found().length > 0} fallback={<p class="py-6 text-sm text-ink-2">No table is called “{query()}”.</p>}>
              <ul aria-label="Tables" class="min-h-0 grow overflow-auto border-t border-line">
                <For each={found()}>{(table) => <Row table={table} />}</For>
              </ul>
            </Show>
            <p class="py-2.5 text-xs text-ink-2" role="status">
              {count(found().length, 'table')}
            </p>
          </div>
        </Show>
      )}
    </Query>
  )
}

const NoTables = () => (
  <Empty title="There are no tables for you yet" icon={<Database size={22} />}>
    Tables that you may know of are listed here, also those that you may not read.
  </Empty>
)

function Row(props: { readonly table: TableCard }) {
  const label = () => (props.table.access.readable ? labelText(props.table.access.label) : null)
  return (
    <li class="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-1 border-b border-line/60 px-1.5 py-3 hover:bg-hover/60 md:grid-cols-[minmax(0,1fr)_230px_130px_90px]">
      <div class="min-w-0">
        <a
          href={pathOf('tables', props.table.name)}
          class="block truncate font-medium outline-offset-2 after:absolute after:inset-0"
        >
          {props.table.name}
        </a>
        <p class="truncate text-sm text-ink-2">{props.table.description}</p>
      </div>
      <div class="text-sm max-md:col-start-1">
        <Sees access={props.table.access} />
      </div>
      <div class="max-md:col-start-2 max-md:row-start-1">
        <Show when={label()}>{(text) => <span class="chip">{text()}</span>}</Show>
      </div>
      <span class="truncate text-sm text-ink-2 max-md:hidden">{props.table.owner.name}</span>
    </li>
  )
}
