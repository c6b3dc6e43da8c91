import type { DatabaseSync } from 'node:sqlite'
import { Label } from '#protocol/policy/label.ts'
import type { Content, Grantee, Store, StoredVersion, Write } from '../seams/store.ts'
import { appender } from './audit.ts'
import { transaction } from './database.ts'
import { json } from './json.ts'

export const labels = json('label', Label)

const SELECT = `SELECT v.id, v.notebook, v.number, v.name, v.author, v.created, v.bytes, v.cells, v.label,
  (SELECT json_group_array(r.grantee) FROM releases r WHERE r.version = v.id) AS released FROM versions v`

type Row = Omit<StoredVersion, 'label' | 'released'> & { readonly label: string; readonly released: string }
type Newest = { readonly id: string; readonly number: number; readonly author: string; readonly created: number } & {
  readonly sealed: number
  readonly label: string
}

function version(row: unknown): StoredVersion {
  const found = row as Row
  return { ...found, label: labels.read(found.label, found.id), released: JSON.parse(found.released) as Grantee[] }
}

const text = new TextDecoder('utf-8', { ignoreBOM: true })

const content = (row: unknown): Content => {
  const { source, layout } = row as { source: Uint8Array; layout: string | null }
  return { source: text.decode(source), layout }
}

export function versions(database: DatabaseSync): Store['versions'] {
  const newest = database.prepare(`${SELECT} WHERE v.notebook = ? ORDER BY v.number DESC LIMIT 1`)
  const all = database.prepare(`${SELECT} WHERE v.notebook = ? ORDER BY v.number DESC`)
  const one = database.prepare('SELECT source, layout FROM versions WHERE notebook = ? AND id = ?')
  const seal = database.prepare('UPDATE versions SET name = ?, sealed = 1 WHERE id = ?')
  const release = releaser(database)
  return {
    head: async (notebook) => {
      const row = newest.get(notebook)
      if (!row) return null
      const found = version(row)
      return { version: found, content: content(one.get(notebook, found.id)) }
    },
    list: async (notebook) => all.all(notebook).map(version),
    content: async (notebook, id) => {
      const row = one.get(notebook, id)
      return row ? content(row) : null
    },
    write: async (write) => transaction(database, () => put(database, write)),
    release: async (version, to, by, at) => transaction(database, () => release(version, to, by, at)),
    name: async (notebook, name) =>
      transaction(database, () => {
        const row = newest.get(notebook)
        if (!row) return null
        seal.run(name, version(row).id)
        return version(newest.get(notebook))
      }),
  }
}

function releaser(database: DatabaseSync) {
  const append = appender(database)
  const newest = database.prepare('SELECT id FROM versions WHERE notebook = ? ORDER BY number DESC LIMIT 1')
  const seal = database.prepare('UPDATE versions SET sealed = 1 WHERE id = ?')
  const give = database.prepare('INSERT OR IGNORE INTO releases (version, grantee) VALUES (?, ?)')
  return ({ id, notebook, label }: StoredVersion, to: readonly Grantee[], by: string, at: number) => {
    if ((newest.get(notebook) as { id: string } | undefined)?.id !== id) return 'stale'
    seal.run(id) // what is written later is not released with it
    for (const grantee of to) give.run(id, grantee)
    append({ kind: 'version-released', person: by, notebook, version: id, label, to }, at)
    return 'released'
  }
}

function put(database: DatabaseSync, write: Write): StoredVersion {
  const label = labels.write(write.label, write.id)
  const newest = database
    .prepare('SELECT id, number, author, created, sealed, label FROM versions WHERE notebook = ? ORDER BY number DESC LIMIT 1')
    .get(write.notebook) as Newest | undefined
  database
    .prepare('UPDATE notebooks SET updated = ?, bytes = ?, cells = ?, label = ? WHERE id = ?')
    .run(write.at, write.bytes, write.cells, label, write.notebook)
  if (!newest || !joins(write, label, newest)) return insertVersion(database, write, (newest?.number ?? 0) + 1)
  database
    .prepare('UPDATE versions SET source = ?, layout = ?, bytes = ?, cells = ? WHERE id = ?')
    .run(Buffer.from(write.source), write.layout, write.bytes, write.cells, newest.id)
  return found(database, newest.id)
}

/** Never across labels: who may see the version must not find more in it than was there. */
const joins = (write: Write, label: string, newest: Newest) =>
  !write.sealed &&
  newest.sealed === 0 &&
  newest.author === write.author &&
  newest.label === label &&
  write.at - newest.created < write.coalesce

export function insertVersion(database: DatabaseSync, write: Write, number: number): StoredVersion {
  const insert = database.prepare(
    `INSERT INTO versions (id, notebook, number, author, created, sealed, bytes, cells, label, source, layout)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const { id, notebook, author, at, bytes, cells, source, layout } = write
  const label = labels.write(write.label, id)
  insert.run(id, notebook, number, author, at, write.sealed ? 1 : 0, bytes, cells, label, Buffer.from(source), layout)
  return found(database, id)
}

const found = (database: DatabaseSync, id: string): StoredVersion => version(database.prepare(`${SELECT} WHERE v.id = ?`).get(id))
