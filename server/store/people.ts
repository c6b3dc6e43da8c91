// What belongs to one person: drafts, sessions, preferences.
import type { DatabaseSync } from 'node:sqlite'
import type { Store, StoredDraft, StoredPreferences, StoredSession } from '../seams/store.ts'
import { transaction } from './database.ts'
import { labels } from './versions.ts'

const text = new TextDecoder('utf-8', { ignoreBOM: true })

export function drafts(database: DatabaseSync): Store['drafts'] {
  const insert = database.prepare(
    'INSERT INTO drafts (id, notebook, person, created, bytes, source, label) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const prune = database.prepare(
    `DELETE FROM drafts WHERE notebook = ? AND person = ? AND id NOT IN
     (SELECT id FROM drafts WHERE notebook = ? AND person = ? ORDER BY created DESC, rowid DESC LIMIT ?)`,
  )
  const all = database.prepare('SELECT * FROM drafts WHERE notebook = ? AND person = ? ORDER BY created DESC, rowid DESC')
  return {
    put: async (draft, keep) =>
      transaction(database, () => {
        const { id, notebook, person, created, bytes, source, label } = draft
        insert.run(id, notebook, person, created, bytes, Buffer.from(source), labels.write(label, id))
        prune.run(notebook, person, notebook, person, keep)
      }),
    list: async (notebook, person) =>
      all.all(notebook, person).map((row) => {
        const found = row as Omit<StoredDraft, 'source' | 'label'> & { source: Uint8Array; label: string }
        return { ...found, source: text.decode(found.source), label: labels.read(found.label, found.id) }
      }),
  }
}

export function sessions(database: DatabaseSync): Store['sessions'] {
  const insert = database.prepare('INSERT INTO sessions (hash, person, created, expires) VALUES (?, ?, ?, ?)')
  const one = database.prepare('SELECT * FROM sessions WHERE hash = ? AND expires > ?')
  const end = database.prepare('DELETE FROM sessions WHERE person = ?')
  const since = database.prepare('SELECT 1 FROM sessions WHERE person = ? AND created <= ?')
  const people = database.prepare(
    'SELECT person FROM sessions WHERE expires > ? GROUP BY person ORDER BY max(created) DESC, person',
  )
  const sweep = database.prepare('DELETE FROM sessions WHERE expires <= ?')
  return {
    put: async (session) => void insert.run(session.hash, session.person, session.created, session.expires),
    get: async (hash, now) => (one.get(hash, now) as StoredSession | undefined) ?? null,
    endAll: async (person) => void end.run(person),
    since: async (person, at) => since.get(person, at) !== undefined,
    people: async (now) => people.all(now).map((row) => (row as { person: string }).person),
    sweep: async (now) => void sweep.run(now),
  }
}

export function preferences(database: DatabaseSync): Store['preferences'] {
  const one = database.prepare('SELECT autorun, theme, editor FROM preferences WHERE person = ?')
  const upsert = database.prepare(
    `INSERT INTO preferences (person, autorun, theme, editor) VALUES (?, ?, ?, ?)
     ON CONFLICT (person) DO UPDATE SET autorun = excluded.autorun, theme = excluded.theme, editor = excluded.editor`,
  )
  return {
    get: async (person) => {
      const row = one.get(person) as { autorun: number; theme: StoredPreferences['theme']; editor: string } | undefined
      return row ? { autorun: row.autorun === 1, theme: row.theme, editor: JSON.parse(row.editor) } : null
    },
    put: async (person, { autorun, theme, editor }) => void upsert.run(person, autorun ? 1 : 0, theme, JSON.stringify(editor)),
  }
}
