// The list as an ARIA grid: arrows move between rows, Enter opens, F2 renames, Delete trashes. Long lists are windowed.
import { type Accessor, createMemo, createSignal, For, type JSX } from 'solid-js'
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
      <Windowed rows={props.rows} range={range()}>
        {(notebook, index) => (
          <Row
            notebook={notebook}
            index={index()}
            current={keys.current() === index()}
            renaming={renaming() === notebook.id}
            view={props.view}
            actions={props.actions}
            onFocus={() => keys.setCurrent(index())}
            onRename={(on) => {
              setRenaming(on ? notebook.id : null)
              if (!on) keys.go(index())
            }}
          />
        )}
      </Windowed>
    </div>
  )
}

type WindowedProps = {
  readonly rows: readonly Notebook[]
  readonly range: { readonly first: number; readonly last: number }
  readonly children: (notebook: Notebook, index: Accessor<number>) => JSX.Element
}

/** The rows in sight; those above and below them are room only. */
function Windowed(props: WindowedProps) {
  const shown = createMemo(() => props.rows.slice(props.range.first, props.range.last))
  const room = (rows: number) => `${rows * ROW}px`
  return (
    <div
      role="rowgroup"
      style={{ 'padding-top': room(props.range.first), 'padding-bottom': room(props.rows.length - props.range.last) }}
    >
      <For each={shown()}>{(notebook, index) => props.children(notebook, () => props.range.first + index())}</For>
    </div>
  )
}
