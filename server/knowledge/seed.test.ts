// The documents that a new workspace has.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dominates, type Label } from '#protocol/policy/label.ts'
import { PEOPLE } from '../data/demo.ts'
import { makeLog } from '../log.ts'
import { openStore } from '../store/sqlite.ts'
import { plantLibrary } from './seed.ts'

test('the demo’s two people each find ten passages for one question, and not the same', async () => {
  const home = mkdtempSync(join(tmpdir(), 'library-'))
  const store = openStore(home)
  const folder = join(import.meta.dirname, '../../examples/library')
  await plantLibrary({ store, log: makeLog('silent'), now: () => 1000 }, 'p_demo-owner', folder)
  const search = async (person: string) => {
    const clearance = PEOPLE[person]?.clearance as Label
    const found = await store.knowledge.search('regulatory framework Q3', clearance, 10)
    expect(found).toHaveLength(10)
    expect(found.every(({ label }) => dominates(clearance, label))).toBe(true)
    for (const { passage } of found) expect(passage).toMatch(/regulatory\sframework/i)
    return found
  }
  const [analyst, colleague] = [await search('p_demo-analyst'), await search('p_demo-colleague')]
  expect(analyst.map(({ label }) => label.level)).toEqual(Array.from({ length: 10 }, () => 'confidential'))
  expect(new Set(colleague.map(({ label }) => label.level))).toEqual(new Set(['public', 'internal']))
  await store.close()
  rmSync(home, { recursive: true })
})
