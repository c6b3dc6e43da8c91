import type { DatabaseSync } from 'node:sqlite'
import type { Store, StoredTab } from '../seams/store.ts'

export function tabs(database: DatabaseSync): Store['tabs'] {
  const insert = database.prepare('INSERT INTO tabs (hash, tab, person, session, expires) VALUES (?, ?, ?, ?, ?)')
  const take = database.prepare('DELETE FROM tabs WHERE hash = ? RETURNING *')
  const sweep = database.prepare('DELETE FROM tabs WHERE expires <= ?')
  return {
    put: async (tab) => void insert.run(tab.hash, tab.tab, tab.person, tab.session, tab.expires),
    spend: async (hash, now) => {
      const row = take.get(hash) as StoredTab | undefined
      return row && row.expires > now ? row : null
    },
    sweep: async (now) => void sweep.run(now),
  }
}
