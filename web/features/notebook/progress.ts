// How far a run has come, as the messages of its cells tell it on their way to the frame: a reader's page counts them.

/** Of the cells of a run, those that have not ended; empty: nothing runs. `begun`: some of them were seen to. */
export type Run = { readonly cells: ReadonlySet<string>; readonly open: ReadonlySet<string>; readonly begun: boolean }
export type CellNews = { readonly cell: string; readonly ended: boolean }

export const NO_RUN: Run = { cells: new Set(), open: new Set(), begun: false }

const CELL = /^\{"op": ?"cell-op", ?"data": ?\{"op": ?"cell-op", ?"cell_id": ?"([\w-]{1,64})"/
const STATUS = /^.*"status": ?"([\w-]+)"/s
const TAIL = 400 // characters: what comes after an output, which may have megabytes

/** Null: it is not of a cell. `ended` null: it says nothing of how the cell stands. */
export function cellOf(message: string): { readonly cell: string; readonly ended: boolean | null } | null {
  const cell = CELL.exec(message)?.[1]
  if (cell === undefined) return null
  const status = STATUS.exec(message.slice(-TAIL))?.[1]
  return { cell, ended: status === undefined ? null : status !== 'queued' && status !== 'running' }
}

/** What a page that returns hears of cells that ended before counts, too: it is of the same run. */
export function heard(run: Run, { cell, ended }: CellNews): Run {
  const { cells, open } = run
  if (ended ? cells.has(cell) && !open.has(cell) : open.has(cell)) return run
  if (ended) return { ...run, cells: new Set(cells).add(cell), open: without(open, cell) }
  if (run.begun && open.size === 0) return { cells: new Set([cell]), open: new Set([cell]), begun: true } // the next run
  return { cells: new Set(cells).add(cell), open: new Set(open).add(cell), begun: true }
}

function without(cells: ReadonlySet<string>, cell: string): ReadonlySet<string> {
  const rest = new Set(cells)
  rest.delete(cell)
  return rest
}

/** Null: nothing runs. */
export const progressOf = ({ cells, open }: Run): { readonly done: number; readonly of: number } | null =>
  open.size === 0 ? null : { done: cells.size - open.size, of: cells.size }
