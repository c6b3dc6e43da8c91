// Opens the state: the folder, the lock that keeps a second gateway out, WAL with full syncs, migrations.
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const MIGRATIONS = join(import.meta.dirname, 'migrations')

export class StateInUse extends Error {}
export class StateTooNew extends Error {}

/** Held by the kernel's file lock, so a killed gateway leaves none behind. */
export function lockState(home: string): DatabaseSync {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  chmodSync(home, 0o700)
  const lock = new DatabaseSync(join(home, 'gateway.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch {
    lock.close()
    throw new StateInUse(`Another gateway is running on ${home}. Stop it, or set SCRYDON_HOME to another folder.`)
  }
}

export function openDatabase(home: string): DatabaseSync {
  const database = new DatabaseSync(join(home, 'state.db'), { enableForeignKeyConstraints: true, timeout: 5000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  migrate(database)
  return database
}

/** Runs what this state has not seen, each file in a transaction together with its number. */
function migrate(database: DatabaseSync): void {
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  const { user_version: at } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (at > files.length)
    throw new StateTooNew('This state was written by a newer version of Scrydon. Start that version instead.')
  for (const [index, name] of files.entries()) {
    if (index < at) continue
    const sql = readFileSync(join(MIGRATIONS, name), 'utf8')
    transaction(database, () => database.exec(`${sql}; PRAGMA user_version = ${index + 1}`))
  }
}

export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
