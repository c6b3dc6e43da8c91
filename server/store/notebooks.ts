import type { DatabaseSync } from 'node:sqlite'
import type { Share, Store, StoredNotebook } from '../seams/store.ts'
import { transaction } from './database.ts'
import { insertVersion, labels } from './versions.ts'

type Row = Omit<StoredNotebook, 'shares' | 'label'> & { readonly shares: string; readonly label: string }

const SELECT = `SELECT n.*, (SELECT json_group_array(json_object('with', s.grantee, 'right', s.access, 'expires', s.expires))
  FROM shares s WHERE s.notebook = n.id) AS shares FROM notebooks n`

const read = (row: unknown): StoredNotebook => {
  const found = row as Row
  return { ...found, shares: JSON.parse(found.shares) as Share[], label: labels.read(found.label, found.id) }
}

export function notebooks(database: DatabaseSync): Store['notebooks'] {
  const one = database.prepare(`${SELECT} WHERE n.id = ?`)
  const outside = database.prepare(`${SELECT} WHERE n.trashed IS NULL ORDER BY n.updated DESC, n.id`)
  const trash = database.prepare(`${SELECT} WHERE n.trashed IS NOT NULL ORDER BY n.trashed DESC, n.id`)
  const rename = database.prepare('UPDATE notebooks SET name = ?, updated = ? WHERE id = ?')
  const bin = database.prepare('UPDATE notebooks SET trashed = ? WHERE id = ? AND trashed IS NULL')
  const unbin = database.prepare('UPDATE notebooks SET trashed = NULL WHERE id = ?')
  const own = database.prepare(
    `SELECT n.id, (SELECT coalesce(sum(bytes), 0) FROM versions v WHERE v.notebook = n.id) +
      (SELECT coalesce(sum(bytes), 0) FROM drafts d WHERE d.notebook = n.id) AS bytes FROM notebooks n WHERE n.author = ?`,
  )
  const old = database.prepare('DELETE FROM notebooks WHERE trashed < ? RETURNING id')
  return {
    create: async (notebook, first) => unlessTaken(() => create(database, notebook, first), 'created'),
    get: async (id) => {
      const row = one.get(id)
      return row ? read(row) : null
    },
    list: async (trashed) => (trashed ? trash : outside).all().map(read),
    rename: async (id, name, at) => unlessTaken(() => rename.run(name, at, id).changes === 1, 'renamed'),
    trash: async (id, at) => void bin.run(at, id),
    restore: async (id) => unlessTaken(() => unbin.run(id).changes === 1, 'restored'),
    stored: async (author) => {
      const rows = own.all(author) as { id: string; bytes: number }[]
      return { ids: rows.map(({ id }) => id), bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0) }
    },
    purge: async (before) => old.all(before).map((row) => (row as { id: string }).id),
  }
}

function create(
  database: DatabaseSync,
  notebook: Parameters<Store['notebooks']['create']>[0],
  first: Parameters<typeof insertVersion>[1],
) {
  const insert = database.prepare(
    'INSERT INTO notebooks (id, name, author, created, updated, bytes, cells, label) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const share = database.prepare('INSERT INTO shares (notebook, grantee, access, expires) VALUES (?, ?, ?, ?)')
  return transaction(database, () => {
    const { id, name, author, created } = notebook
    insert.run(id, name, author, created, first.at, first.bytes, first.cells, labels.write(first.label, id))
    for (const given of notebook.shares) share.run(notebook.id, given.with, given.right, given.expires)
    insertVersion(database, first, 1)
    return true
  })
}

/** The unique index is the judge of names: no gap between asking and writing. */
function unlessTaken<T extends string>(work: () => boolean, done: T): T | 'name-taken' | never {
  try {
    return (work() ? done : 'absent') as T
  } catch (error) {
    if ((error as { errcode?: number }).errcode === 2067) return 'name-taken' // SQLITE_CONSTRAINT_UNIQUE
    throw error
  }
}
