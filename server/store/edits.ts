// Versions of what owners edit, one table for all kinds. The epoch is the number of the newest edit of what rows are decided by.
import type { DatabaseSync } from 'node:sqlite'
import type * as z from 'zod/mini'
import type { Edit, Versioned } from '../seams/governance.ts'
import { json } from './json.ts'

type Kind = 'table' | 'policy' | 'subject' | 'workspace' | 'route' | 'deployed'
type Row = { readonly version: number; readonly name: string; readonly value: string } & Edit

/** `add` is run inside of the caller's transaction. */
export type Edits<T> = {
  readonly newest: (name: string) => Versioned<T> | null
  /** The newest of each name, by name. */
  readonly all: () => readonly Versioned<T>[]
  readonly history: (name: string) => readonly Versioned<T>[]
  readonly add: (name: string, value: T, edit: Edit) => number
}

export function edits<T>(database: DatabaseSync, kind: Kind, schema: z.ZodMiniType<T>): Edits<T> {
  const column = json(kind, schema)
  const select = `SELECT name, version, value, person AS "by", at, reason FROM edits e WHERE kind = '${kind}'`
  const newest = database.prepare(`${select} AND name = ? ORDER BY version DESC LIMIT 1`)
  const last = `version = (SELECT max(version) FROM edits WHERE kind = e.kind AND name = e.name)`
  const all = database.prepare(`${select} AND ${last} ORDER BY name`)
  const history = database.prepare(`${select} AND name = ? ORDER BY version DESC`)
  const insert = database.prepare(
    `INSERT INTO edits (kind, name, version, value, person, at, reason) VALUES ('${kind}', ?,
      (SELECT coalesce(max(version), 0) + 1 FROM edits WHERE kind = '${kind}' AND name = ?), ?, ?, ?, ?) RETURNING version`,
  )
  const read = (row: unknown): Versioned<T> => {
    const { name, value, ...edit } = row as Row
    return { ...edit, value: column.read(value, name) }
  }
  return {
    newest: (name) => {
      const row = newest.get(name)
      return row ? read(row) : null
    },
    all: () => all.all().map(read),
    history: (name) => history.all(name).map(read),
    add: (name, value, { by, at, reason }) => {
      const row = insert.get(name, name, column.write(value, name), by, at, reason)
      return (row as { version: number }).version
    },
  }
}

export function epochOf(database: DatabaseSync): () => number {
  const newest = database.prepare("SELECT coalesce(max(epoch), 0) AS epoch FROM edits WHERE kind NOT IN ('route', 'deployed')")
  return () => (newest.get() as { epoch: number }).epoch
}
