import type { DatabaseSync } from 'node:sqlite'
import type { Store } from '../seams/store.ts'
import { labels } from './versions.ts'

export function uploads(database: DatabaseSync): Store['uploads'] {
  const all = database.prepare('SELECT name, label FROM uploads WHERE notebook = ?')
  const put = database.prepare('INSERT OR REPLACE INTO uploads (notebook, name, label) VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM uploads WHERE notebook = ? AND name = ?')
  return {
    labels: async (notebook) => {
      const rows = all.all(notebook) as { name: string; label: string }[]
      return new Map(rows.map(({ name, label }) => [name, labels.read(label, notebook)]))
    },
    put: async (notebook, name, label) => void put.run(notebook, name, labels.write(label, notebook)),
    remove: async (notebook, name) => void remove.run(notebook, name),
  }
}
