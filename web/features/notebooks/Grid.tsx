// The list as an ARIA grid: arrows move between rows, Enter opens, F2 renames, Delete trashes. Long lists are windowed.
import { createMemo, createSignal, For } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import { createWindow } from '../../primitives/createWindow.ts'
import { createGridKeys, ROW } from './createGridKeys.ts'
import { Headings } from './Headings.tsx'
import type { Sort } from './order.ts'
import type { Actions, View } from './queries.ts'
import { Row } from './Row.tsx'

type GridProps = {
  readonly rows: readonly Notebook[]
  readonly view: View
  readonly sort: Sort
  readonly actions: Actions
  readonly onSort: (sort: Sort) => void
}

export function Grid(props: GridProps) {
  const [box, setBox] = createSignal<HTMLElement>()
  const [renaming, setRenaming] = createSignal<string | null>(null)
  const range = createWindow(box, () => props.rows.length, ROW)
  const shown = createMemo(() => props.rows.slice(range().first, range().last))
  const own = (row: Notebook | undefined) => (row?.rights === 'author' && props.view === 'notebooks' ? row : null)
  const keys = createGridKeys(box, () => props.rows.length, {
    rename: (index) => setRenaming(own(props.rows[index])?.id ?? null),
    remove(index) {
      const row = own(props.rows[index])
      if (row) void props.actions.trash(row)
      return row !== null
    },
  })

  return (
    <div
      ref={setBox}
      role="grid"
      data-view={props.view}
      aria-label={props.view === 'trash' ? 'Trash' : 'Notebooks'}
      aria-rowcount={props.rows.length + 1}
      class="notebooks min-h-0 grow overflow-auto"
      tabIndex={-1}
      onKeyDown={keys.onKeyDown}
    >
      <Headings view={props.view} sort={props.sort} onSort={props.onSort} />
      <div
        role="rowgroup"
        style={{ 'padding-top': `${range().first * ROW}px`, 'padding-bottom': `${(props.rows.length - range().last) * ROW}px` }}
      >
        <For each={shown()}>
          {(notebook, index) => (
            <Row
              notebook={notebook}
              index={range().first + index()}
              current={keys.current() === range().first + index()}
              renaming={renaming() === notebook.id}
              view={props.view}
              actions={props.actions}
              onFocus={() => keys.setCurrent(range().first + index())}
              onRename={(on) => {
                setRenaming(on ? notebook.id : null)
                if (!on) keys.go(range().first + index())
              }}
            />
          )}
        </For>
      </div>
    </div>
  )
}
