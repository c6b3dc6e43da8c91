import { For } from 'solid-js'
import { Heading } from './Heading.tsx'
import type { Column, Sort } from './order.ts'
import type { View } from './queries.ts'

const HEADINGS: readonly { column: Column; label: string; trashLabel?: string; class: string }[] = [
  { column: 'name', label: 'Name', class: '' },
  { column: 'author', label: 'Author', class: 'wide' },
  { column: 'updated', label: 'Updated', trashLabel: 'Deleted', class: '' },
  { column: 'editor', label: 'Editing now', class: 'wide' },
  { column: 'cells', label: 'Cells', class: 'wide text-right' },
]

export function Headings(props: { readonly view: View; readonly sort: Sort; readonly onSort: (sort: Sort) => void }) {
  return (
    <div role="rowgroup" class="sticky top-0 z-10 bg-surface">
      <div role="row" aria-rowindex={1} class="notebook-row h-9 border-b border-line text-xs text-ink-2">
        <For each={HEADINGS}>
          {(heading) => (
            <Heading
              column={heading.column}
              label={props.view === 'trash' ? (heading.trashLabel ?? heading.label) : heading.label}
              class={heading.class}
              sort={props.sort}
              onSort={props.onSort}
            />
          )}
        </For>
        <div role="columnheader" aria-label="Actions" />
      </div>
    </div>
  )
}
