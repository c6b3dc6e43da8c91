// Whose rows, and of which table.
import { createQuery } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { useApi } from '../../../net/context.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Choice } from '../parts/Choice.tsx'
import type { Filter } from './Audit.tsx'

type FiltersProps = { readonly filter: Filter; readonly all: boolean; readonly onFilter: (filter: Filter) => void }

export function Filters(props: FiltersProps) {
  const api = useApi()
  const accounts = createQuery(() => ({
    queryKey: ['accounts'],
    queryFn: () => api('GET /api/accounts'),
    enabled: props.all,
    staleTime: 60_000,
  }))
  const people = () => [['', 'Everybody'] as const, ...(dataOf(accounts) ?? []).map(({ id, name }) => [id, name] as const)]
  return (
    <form class="flex gap-2" aria-label="Filter the record" onSubmit={(event) => event.preventDefault()}>
      <Show when={props.all}>
        <Choice
          label="Person"
          value={props.filter.person}
          options={people()}
          onValue={(person) => props.onFilter({ ...props.filter, person })}
        />
      </Show>
      <input
        type="search"
        class="field w-56"
        data-search
        aria-label="Table"
        placeholder="A table’s whole name or id"
        value={props.filter.table}
        onChange={(event) => props.onFilter({ ...props.filter, table: event.currentTarget.value.trim() })}
      />
    </form>
  )
}
