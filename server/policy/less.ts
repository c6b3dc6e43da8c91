// What some see less of a table than somebody else does: by the rules, whatever the rows are.
import { stricter } from '#protocol/policy/mask.ts'
import { EVERY } from './condition.ts'
import type { Seen, View } from './decide.ts'

/** `closed`: some do not see it. `rows`: rows are left out for some. `columns`: masked for some, or not there. */
export type Less = { readonly table: string; readonly closed: boolean; readonly rows: boolean; readonly columns: string[] }

/** Of a view that is null nothing is seen. Null: all of them see as much. */
export function lessOf(mine: View, theirs: readonly (View | null)[]): Less | null {
  const views = theirs.filter((view) => view !== null)
  const closed = views.length < theirs.length
  const rows = views.some(({ keep }) => !same(keep, EVERY) && !same(keep, mine.keep))
  const columns = mine.columns.filter((column) => views.some((view) => seesLess(column, view))).map(({ name }) => name)
  return closed || rows || columns.length > 0 ? { table: mine.table, closed, rows, columns } : null
}

function seesLess({ name, mask }: Seen, { columns }: View): boolean {
  const other = columns.find((column) => column.name === name)
  if (other === undefined) return true
  return other.mask !== null && (mask === null || !same(stricter(mask, other.mask), mask))
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
