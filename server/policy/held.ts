// What a kernel still holds of a table, and whether it may: what was read stays in its memory, so a right that is taken away, or a
// mask that is drawn tighter, ends the kernel. Whatever cannot be compared counts as tighter.
import type { Label } from '#protocol/policy/label.ts'
import { type Mask, stricter } from '#protocol/policy/mask.ts'
import { type Condition, EVERY } from './condition.ts'
import { type Decision, labelOf, type Seen, type View } from './decide.ts'

/** One read, as it was decided. */
export type Held = {
  readonly table: string
  readonly columns: readonly { readonly name: string; readonly mask: Mask | null }[]
  readonly keep: Condition
}

export const heldOf = (view: View, columns: readonly Seen[]): Held => ({
  table: view.table,
  columns: columns.map(({ name, mask }) => ({ name, mask })),
  keep: view.keep,
})

/** What these reads of one table count with, as it is classified now. */
export function labelHeld(view: View, reads: readonly Held[]): Label {
  const names = new Set(reads.flatMap(({ columns }) => columns.map(({ name }) => name)))
  const columns = view.columns.filter(({ name }) => names.has(name))
  return labelOf(view, columns)
}

/** Would each value and each row that was read be read again? `now`: the same person and table, decided anew. */
export function mayHold({ columns, keep }: Held, now: Decision): boolean {
  if (!now.ok) return false
  const { view } = now
  const seen = new Map(view.columns.map((column) => [column.name, column]))
  const rows = same(view.keep, EVERY) || same(view.keep, keep)
  return rows && columns.every(({ name, mask }) => loose(mask, seen.get(name)))
}

/** The column shows no less than it did under `before`. */
function loose(before: Mask | null, now: Seen | undefined): boolean {
  if (now === undefined) return false
  if (now.mask === null) return true
  return before !== null && same(stricter(before, now.mask), before)
}

/** Both come from the same code over the same JSON, so what is written alike is alike. */
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
