// How far a run has come, as the messages of its cells tell it on their way to the frame: a reader's page counts them.

/** Of each cell, the run that it was last of, and whether it has ended in it. */
export type Run = ReadonlyMap<string, Standing>
type Standing = { readonly run: string; readonly ended: boolean }
export type CellNews = Standing & { readonly cell: string }

export const NO_RUN: Run = new Map()

const CELL = /^\{"op": ?"cell-op", ?"data": ?\{"op": ?"cell-op", ?"cell_id": ?"([\w-]{1,64})"/
const STANDS = /^.*"status": ?"([\w-]{1,32})", ?"stale_inputs": ?\w+, ?"run_id": ?"([\w-]{1,64})"/s
const TAIL = 400 // characters: what comes after an output, which may have megabytes

/** Null: the message is not of a cell. Without `news` it says nothing of how the cell stands. */
export function cellOf(message: string): { readonly news: CellNews | null } | null {
  const cell = CELL.exec(message)?.[1]
  if (cell === undefined) return null
  const [, status, run] = STANDS.exec(message.slice(-TAIL)) ?? []
  return { news: status && run ? { cell, run, ended: status !== 'queued' && status !== 'running' } : null }
}

/** What a page that returns hears of cells that ended before counts, too: they are of the same run. */
export function heard(run: Run, { cell, ...now }: CellNews): Run {
  const before = run.get(cell)
  return before?.run === now.run && before.ended === now.ended ? run : new Map(run).set(cell, now)
}

/** Null: nothing runs. */
export function progressOf(cells: Run): { readonly done: number; readonly of: number } | null {
  const all = [...cells.values()]
  const open = all.filter(({ ended }) => !ended)
  const under = new Set(open.map(({ run }) => run))
  const of = all.filter(({ run }) => under.has(run)).length
  return open.length === 0 ? null : { done: of - open.length, of }
}
