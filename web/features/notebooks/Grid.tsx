// The list as an ARIA grid: arrows move between rows, Enter opens, F2 renames, Delete trashes. Long lists are windowed.
import { createMemo, createSignal, For } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import { createWindow } from '../../primitives/createWindow.ts'
import { Heading } from './Heading.tsx'
import type { Column, Sort } from './order.ts'
import type { Actions, View } from './queries.ts'
import { Row } from './Row.tsx'

export const ROW = 46 // px; the window counts with it

type GridProps = {
  readonly rows: readonly Notebook[]
  readonly view: View
  readonly sort: Sort
  readonly actions: Actions
  readonly onSort: (sort: Sort) => void
}

const HEADINGS: readonly { column: Column; label: string; class: string }[] = [
  { column: 'name', label: 'Name', class: '' },
  { column: 'author', label: 'Author', class: 'wide' },
  { column: 'updated', label: 'Updated', class: '' },
  { column: 'editor', label: 'Editing now', class: 'wide' },
  { column: 'cells', label: 'Cells', class: 'wide text-right' },
]

export function Grid(props: GridProps) {
  const [box, setBox] = createSignal<HTMLElement>()
  const [current, setCurrent] = createSignal(0)
  const [renaming, setRenaming] = createSignal<string | null>(null)
  const range = createWindow(box, () => props.rows.length, ROW)
  const shown = createMemo(() => props.rows.slice(range().first, range().last))

  function go(index: number): void {
    const next = Math.max(0, Math.min(props.rows.length - 1, index))
    setCurrent(next)
    const top = next * ROW
    const view = box()
    if (view && (top < view.scrollTop || top + 2 * ROW > view.scrollTop + view.clientHeight)) view.scrollTop = Math.max(0, top - view.clientHeight / 2)
    queueMicrotask(() => view?.querySelector<HTMLElement>(`[data-row="${next}"] [data-name]`)?.focus())
  }
  const page = () => Math.max(1, Math.floor((box()?.clientHeight ?? ROW) / ROW) - 1)
  const keys: Record<string, () => void> = {
    ArrowDown: () => go(current() + 1),
    ArrowUp: () => go(current() - 1),
    PageDown: () => go(current() + page()),
    PageUp: () => go(current() - page()),
    Home: () => go(0),
    End: () => go(props.rows.length - 1),
    F2: () => setRenaming(own(props.rows[current()])),
    Delete: () => remove(props.rows[current()]),
  }
  const own = (row: Notebook | undefined) => (row && row.rights === 'author' && props.view === 'notebooks' ? row.id : null)
  function remove(row: Notebook | undefined): void {
    if (!row || own(row) === null) return
    void props.actions.trash(row)
    go(current())
  }

  return (
    <div
      ref={setBox}
      role="grid"
      aria-label={props.view === 'trash' ? 'Trash' : 'Notebooks'}
      aria-rowcount={props.rows.length + 1}
      class="notebooks min-h-0 grow overflow-auto"
      tabIndex={-1}
      onKeyDown={(event) => {
        const act = keys[event.key]
        if (!act || !(event.target as HTMLElement).closest('[data-row]')) return
        event.preventDefault()
        act()
      }}
    >
      <div role="rowgroup" class="sticky top-0 z-10 bg-canvas">
        <div role="row" aria-rowindex={1} class="notebook-row h-9 border-b border-line text-xs text-ink-2">
          <For each={HEADINGS}>
            {(heading) => <Heading {...heading} label={labelFor(heading.column, heading.label, props.view)} sort={props.sort} onSort={props.onSort} />}
          </For>
          <div role="columnheader" aria-label="Actions" />
        </div>
      </div>
      <div role="rowgroup" style={{ 'padding-top': `${range().first * ROW}px`, 'padding-bottom': `${(props.rows.length - range().last) * ROW}px` }}>
        <For each={shown()}>
          {(notebook, index) => (
            <Row
              notebook={notebook}
              index={range().first + index()}
              current={current() === range().first + index()}
              renaming={renaming() === notebook.id}
              view={props.view}
              actions={props.actions}
              onFocus={() => setCurrent(range().first + index())}
              onRename={(on) => {
                setRenaming(on ? notebook.id : null)
                if (!on) go(range().first + index())
              }}
            />
          )}
        </For>
      </div>
    </div>
  )
}

const labelFor = (column: Column, label: string, view: View): string => (column === 'updated' && view === 'trash' ? 'Deleted' : label)
