import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { auditContract } from '../seams/audit.contract.ts'
import { governanceContract } from '../seams/governance.contract.ts'
import { storeContract } from '../seams/store.contract.ts'
import type { Store } from '../seams/store.ts'
import { StateInUse, StateTooNew } from './database.ts'
import { openStore } from './sqlite.ts'

const open = async () => {
  const home = mkdtempSync(join(tmpdir(), 'scrydon-store-'))
  const store = openStore(home)
  const again = async () => {
    await store.close()
    return openStore(home)
  }
  return { store, again, remove: async () => rmSync(home, { recursive: true }) }
}
storeContract(open)
governanceContract(open)
auditContract(open)

let home: string
let store: Store | null
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scrydon-store-'))
  store = openStore(home)
})
afterEach(async () => {
  await store?.close()
  rmSync(home, { recursive: true })
})

test('a second gateway on the same state is refused and told where', () => {
  expect(() => openStore(home)).toThrow(StateInUse)
  expect(() => openStore(home)).toThrow(home)
})

test('the folder is its owner’s alone', () => {
  expect(statSync(home).mode & 0o777).toBe(0o700)
})

test('the state is in WAL mode', async () => {
  await store?.close()
  store = null
  const database = new DatabaseSync(join(home, 'state.db'))
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  database.close()
})

test('a state of a newer version is left alone', async () => {
  await store?.close()
  store = null
  const database = new DatabaseSync(join(home, 'state.db'))
  database.exec('PRAGMA user_version = 999')
  database.close()
  expect(() => openStore(home)).toThrow(StateTooNew)
  expect(() => openStore(home)).toThrow(StateTooNew) // the lock was given back
})
