import type { DatabaseSync } from 'node:sqlite'
import type { Store, StoredTab } from '../seams/store.ts'
import { transaction } from './database.ts'

/** Unspent tokens of one sign-in: a tab that is gone leaves one behind, and the oldest go first. */
const KEPT = 64

export function tabs(database: DatabaseSync): Store['tabs'] {
  const insert = database.prepare('INSERT INTO tabs (hash, tab, person, session, expires) VALUES (?, ?, ?, ?, ?)')
  const prune = database.prepare(
    'DELETE FROM tabs WHERE session = ? AND hash NOT IN (SELECT hash FROM tabs WHERE session = ? ORDER BY expires DESC LIMIT ?)',
  )
  const take = database.prepare('DELETE FROM tabs WHERE hash = ? RETURNING *')
  const sweep = database.prepare('DELETE FROM tabs WHERE expires <= ?')
  return {
    put: async (tab) =>
      transaction(database, () => {
        insert.run(tab.hash, tab.tab, tab.person, tab.session, tab.expires)
        prune.run(tab.session, tab.session, KEPT)
      }),
    spend: async (hash, now) => {
      const row = take.get(hash) as StoredTab | undefined
      return row && row.expires > now ? row : null
    },
    sweep: async (now) => void sweep.run(now),
  }
}
