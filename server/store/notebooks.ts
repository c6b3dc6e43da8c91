import type { DatabaseSync } from 'node:sqlite'
import type { Share, Sharing, Store, StoredNotebook } from '../seams/store.ts'
import { appender } from './audit.ts'
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
    ...sharing(database),
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

function sharing(database: DatabaseSync): Pick<Store['notebooks'], 'share' | 'unshare' | 'expiring'> {
  const append = appender(database)
  const one = database.prepare('SELECT author, sharing FROM notebooks WHERE id = ?')
  const put = database.prepare(
    `INSERT INTO shares (notebook, grantee, access, expires) VALUES (?, ?, ?, ?)
     ON CONFLICT (notebook, grantee) DO UPDATE SET access = excluded.access, expires = excluded.expires`,
  )
  const remove = database.prepare('DELETE FROM shares WHERE notebook = ? AND grantee = ?')
  const count = database.prepare('UPDATE notebooks SET sharing = sharing + 1 WHERE id = ?')
  const due = database.prepare(
    `SELECT notebook, expires FROM shares WHERE expires = (SELECT min(expires) FROM shares WHERE expires > ?) ORDER BY notebook`,
  )
  const find = (id: string) => one.get(id) as Pick<StoredNotebook, 'author' | 'sharing'> | undefined
  const share = (notebook: string, shares: readonly Share[], { by, at, onto }: Sharing) => {
    const found = find(notebook)
    if (!found) return 'absent'
    if (found.sharing !== onto) return 'stale'
    for (const { with: to, right, expires } of shares) {
      put.run(notebook, to, right, expires)
      append({ kind: 'notebook-shared', person: by, notebook, author: found.author, with: to, right, expires }, at)
    }
    count.run(notebook)
    return 'shared'
  }
  const unshare = (notebook: string, to: Share['with'], by: string, at: number) => {
    const found = find(notebook)
    if (!found || remove.run(notebook, to).changes === 0) return false
    append({ kind: 'notebook-unshared', person: by, notebook, author: found.author, with: to }, at)
    count.run(notebook)
    return true
  }
  return {
    share: async (id, shares, edit) => transaction(database, () => share(id, shares, edit)),
    unshare: async (id, grantee, by, at) => transaction(database, () => unshare(id, grantee, by, at)),
    expiring: async (after) => {
      const rows = due.all(after) as { notebook: string; expires: number }[]
      const [first] = rows
      return first ? { at: first.expires, notebooks: rows.map(({ notebook }) => notebook) } : null
    },
  }
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
