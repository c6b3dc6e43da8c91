import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import { allowanceContract } from '../seams/allowance.contract.ts'
import { artefactsContract } from '../seams/artefacts.contract.ts'
import { auditContract } from '../seams/audit.contract.ts'
import { deployedContract } from '../seams/deployed.contract.ts'
import { governanceContract } from '../seams/governance.contract.ts'
import { knowledgeContract } from '../seams/knowledge.contract.ts'
import { madeContract } from '../seams/made.contract.ts'
import { requestsContract } from '../seams/requests.contract.ts'
import { sharingContract } from '../seams/sharing.contract.ts'
import { storeContract } from '../seams/store.contract.ts'
import type { Store } from '../seams/store.ts'
import { vectorsContract } from '../seams/vectors.contract.ts'
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
deployedContract(open)
auditContract(open)
allowanceContract(open)
knowledgeContract(open)
sharingContract(open)
artefactsContract(open)
madeContract(open)
vectorsContract(open)
requestsContract(open)

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

test('edits of before the workspace had any keep their epochs, and stay', async () => {
  await store?.close()
  store = null
  rmSync(home, { recursive: true })
  mkdirSync(home)
  const database = new DatabaseSync(join(home, 'state.db'))
  const folder = join(import.meta.dirname, 'migrations')
  for (const name of readdirSync(folder).sort().slice(0, 4)) database.exec(readFileSync(join(folder, name), 'utf8'))
  const subject = JSON.stringify({ attributes: {}, clearance: { level: 'secret', markings: [] }, groups: [] })
  database.exec(
    `INSERT INTO edits VALUES (7, 'subject', 'p_00000001', 1, '${subject}', 'p_00000002', 5, 'as asked'); PRAGMA user_version = 4`,
  )
  database.close()
  store = openStore(home)
  const { governance } = store
  expect(await governance.epoch()).toBe(7)
  expect((await governance.subject('p_00000001')).clearance.level).toBe('secret')
  await governance.setWorkspace({ label: LOWEST, grants: [] }, { by: 'p_00000002', at: 6, reason: 'as asked' })
  expect(await governance.epoch()).toBe(8)
  const other = new DatabaseSync(join(home, 'state.db'))
  for (const sql of ['UPDATE edits SET at = 1', 'DELETE FROM edits']) expect(() => other.exec(sql)).toThrow('edits are kept')
  other.close()
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

test('a store that is closed while it searches says so to whoever waits', async () => {
  const searched = store?.knowledge.search('law', { level: 'public', markings: [] }, 1)
  const closed = store?.close()
  store = null
  await expect(searched).rejects.toThrow('has ended')
  await closed
})
