import type { DatabaseSync } from 'node:sqlite'
import type { Content, Store, StoredVersion, Write } from '../seams/store.ts'
import { transaction } from './database.ts'

const COLUMNS = 'id, notebook, number, name, author, created, bytes'
type Newest = StoredVersion & { readonly sealed: number }

const version = (row: unknown): StoredVersion => ({ ...(row as StoredVersion) })
const text = new TextDecoder('utf-8', { ignoreBOM: true })

const content = (row: unknown): Content => {
  const { source, layout } = row as { source: Uint8Array; layout: string | null }
  return { source: text.decode(source), layout }
}

export function versions(database: DatabaseSync): Store['versions'] {
  const newest = database.prepare(`SELECT ${COLUMNS}, sealed FROM versions WHERE notebook = ? ORDER BY number DESC LIMIT 1`)
  const all = database.prepare(`SELECT ${COLUMNS} FROM versions WHERE notebook = ? ORDER BY number DESC`)
  const one = database.prepare('SELECT source, layout FROM versions WHERE notebook = ? AND id = ?')
  const seal = database.prepare(
    `UPDATE versions SET name = ?, sealed = 1 WHERE notebook = ? AND number = (SELECT max(number) FROM versions WHERE notebook = ?)
     RETURNING ${COLUMNS}`,
  )
  return {
    head: async (notebook) => {
      const row = newest.get(notebook) as Newest | undefined
      if (!row) return null
      const { sealed: _, ...found } = row
      return { version: found, content: content(one.get(notebook, found.id)) }
    },
    list: async (notebook) => all.all(notebook).map(version),
    content: async (notebook, id) => {
      const row = one.get(notebook, id)
      return row ? content(row) : null
    },
    write: async (write) => transaction(database, () => put(database, write, newest.get(write.notebook) as Newest | undefined)),
    name: async (notebook, name) => {
      const row = seal.get(name, notebook, notebook)
      return row ? version(row) : null
    },
  }
}

function put(database: DatabaseSync, write: Write, newest: Newest | undefined): StoredVersion {
  database
    .prepare('UPDATE notebooks SET updated = ?, bytes = ?, cells = ? WHERE id = ?')
    .run(write.at, write.bytes, write.cells, write.notebook)
  if (newest && joins(write, newest)) {
    const update = database.prepare(`UPDATE versions SET source = ?, layout = ?, bytes = ? WHERE id = ? RETURNING ${COLUMNS}`)
    return version(update.get(Buffer.from(write.source), write.layout, write.bytes, newest.id))
  }
  return insertVersion(database, write, (newest?.number ?? 0) + 1)
}

const joins = (write: Write, newest: Newest) =>
  !write.sealed && newest.sealed === 0 && newest.author === write.author && write.at - newest.created < write.coalesce

export function insertVersion(database: DatabaseSync, write: Write, number: number): StoredVersion {
  const insert = database.prepare(
    `INSERT INTO versions (id, notebook, number, author, created, sealed, bytes, source, layout) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     RETURNING ${COLUMNS}`,
  )
  const { id, notebook, author, at, bytes, source, layout } = write
  return version(insert.get(id, notebook, number, author, at, write.sealed ? 1 : 0, bytes, Buffer.from(source), layout))
}
