// The chain of the audit, which every store keeps alike: the hash of a row covers the hash before it and all that the row says.
// A row that was changed, moved or taken from between others no longer follows. What a chain alone cannot show: that its newest
// rows were removed, or that somebody who may write the whole of it made it anew. Against both, keep a link somewhere else.
import { createHash } from 'node:crypto'

/** `hash`: SHA-256, 64 hexadecimal digits. */
export type Link = { readonly seq: number; readonly hash: string }
export type ChainedRow = Link & { readonly at: number; readonly previous: string; readonly entry: string }

/** What the first row follows. */
export const GENESIS: Link = { seq: 0, hash: '0'.repeat(64) }

/** The row that says `entry` (canonical JSON) at `at` (ms since 1970) and follows `before`. */
export function chained(before: Link, at: number, entry: string): ChainedRow {
  const seq = before.seq + 1
  const hash = createHash('sha256')
    .update(JSON.stringify([before.hash, seq, at, entry]))
    .digest('hex')
  return { seq, at, previous: before.hash, hash, entry }
}

export function follows(before: Link, row: ChainedRow): boolean {
  const due = chained(before, row.at, row.entry)
  return row.seq === due.seq && row.previous === due.previous && row.hash === due.hash
}

/** JSON without spaces, the keys of each object in order: one text for one value. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (isObject(inner) ? sorted(inner) : inner))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const sorted = (object: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
