import type { DatabaseSync } from 'node:sqlite'
import { type Store, TRUSTED } from '../seams/store.ts'
import { transaction } from './database.ts'

export function trust(database: DatabaseSync): Store['trust'] {
  const found = database.prepare("SELECT 1 FROM trusted WHERE person IN (?, 'everybody') AND digest = ?")
  const remove = database.prepare('DELETE FROM trusted WHERE person = ? AND digest = ?')
  const put = database.prepare('INSERT OR REPLACE INTO trusted (person, digest, at) VALUES (?, ?, ?)')
  const prune = database.prepare(
    'DELETE FROM trusted WHERE person = ? AND digest NOT IN (SELECT digest FROM trusted WHERE person = ? ORDER BY at DESC, digest LIMIT ?)',
  )
  const size = database.prepare('SELECT count(*) AS n FROM trusted WHERE person = ?')
  return {
    holds: async (person, digest) => found.get(person, digest) !== undefined,
    put: async (person, digest, at, instead) =>
      transaction(database, () => {
        if (instead !== undefined) remove.run(person, instead)
        put.run(person, digest, at)
        if ((size.get(person) as { n: number }).n > TRUSTED) prune.run(person, person, TRUSTED)
      }),
  }
}
