// Vectors made in the background, over the real store and an endpoint that is asked over HTTP; time is the test's.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EMBEDDING } from '#protocol/limits.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import { TestClock } from '#protocol/testing.ts'
import { clock } from '../clock.ts'
import { makeLog } from '../log.ts'
import { openAiEmbeddings } from '../models/embeddings.ts'
import { EmbeddingEndpoint } from '../models/testing/embedder.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { Keeper } from './keeper.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'internal', markings: ['PII'] }
const SECRET: Label = { level: 'secret', markings: ['PII'] }

let home: string
let store: Store
let endpoint: EmbeddingEndpoint
let time: TestClock
let said: string[]
let keeper: Keeper | null

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'keeper-'))
  store = openStore(home)
  endpoint = await new EmbeddingEndpoint().start()
  time = new TestClock()
  said = []
  keeper = null
})
afterEach(async () => {
  await keeper?.close()
  await endpoint.close()
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

function start(model = 'trigrams', over: Partial<Store> = {}): void {
  const embeddings = openAiEmbeddings({ url: endpoint.url, key: null, model, clock })
  const log = makeLog('debug', { write: (line) => void said.push(line) })
  const embedder = { model, label: INTERNAL, embeddings }
  keeper = new Keeper({ embedder, store: { ...store, ...over }, clock: time, log, now: () => 5000 })
}
const numbered = (n: number) => `d_${String(n).padStart(8, '0')}`
const add = (n: number, label: Label, ...passages: readonly string[]) =>
  store.knowledge.add({ id: numbered(n), title: 'T', source: 'x', label, by: 'p_00000001', at: n, bytes: 1 }, passages)
const left = async () => (await store.knowledge.vectors.next(INTERNAL, 1)) !== null
/** What is due is done, but no time passes. */
const settled = async (what: () => unknown, is: unknown) =>
  expect
    .poll(async () => {
      time.pass(0)
      return what()
    })
    .toEqual(is)
const records = async () =>
  (await store.audit.list({ limit: 99 })).flatMap(({ entry }) => (entry.kind === 'document-sent' ? [entry] : []))
const many = Array.from({ length: 2 * EMBEDDING.batch + 1 }, (_, n) => `rule ${n}`)
const under = (passages: readonly string[]) => passages.map((passage) => `T\n${passage}`)

test('what is there gets its vectors, each passage once, in batches; and what is added then', async () => {
  await add(1, LOWEST, ...many)
  await add(2, INTERNAL, 'a law')
  start()
  await settled(left, false)
  expect(endpoint.requests.map(({ body }) => body.input.length)).toEqual([EMBEDDING.batch, EMBEDDING.batch, 1, 1])
  expect(endpoint.texts).toEqual(under([...many, 'a law']))
  await add(3, INTERNAL, 'another law')
  await settled(() => endpoint.texts.length, many.length + 1)
  time.pass(EMBEDDING.look)
  await settled(left, false)
  expect(endpoint.texts.slice(-1)).toEqual(under(['another law']))
})

test('what is classified above the endpoint never leaves', async () => {
  await add(1, PERSONAL, 'of people')
  await add(2, SECRET, 'a secret')
  await add(3, INTERNAL, 'a rule')
  start()
  await settled(() => endpoint.texts, under(['a rule']))
  await settled(left, false)
  time.pass(EMBEDDING.look)
  await add(4, LOWEST, 'an open rule')
  await settled(left, true)
  time.pass(EMBEDDING.look)
  await settled(() => endpoint.texts, under(['a rule', 'an open rule']))
})

test('of a workspace above the endpoint nothing leaves', async () => {
  const edit = { by: 'p_00000001', at: 1, reason: 'a test' }
  await store.governance.setWorkspace({ label: PERSONAL, grants: [] }, edit)
  await add(1, LOWEST, 'a rule')
  let looked = 0
  const workspace = () => {
    looked += 1
    return store.governance.workspace()
  }
  start('trigrams', { governance: { ...store.governance, workspace } })
  await settled(() => looked, 1)
  time.pass(EMBEDDING.look)
  await settled(() => looked, 2)
  expect(endpoint.requests).toEqual([])
})

test('each document is on record before it is sent, and what cannot be recorded is not sent', async () => {
  await add(1, INTERNAL, ...many)
  let tried = 0
  const append = async () => {
    tried += 1
    throw new Error('the disk is full')
  }
  start('trigrams', { audit: { ...store.audit, append } })
  await settled(() => tried, 1)
  await keeper?.close()
  expect(endpoint.requests).toEqual([])
  start()
  await settled(left, false)
  const entry = { kind: 'document-sent', person: 'p_00000001', document: numbered(1), label: INTERNAL }
  expect(await records()).toEqual([entry])
})

test('a failing endpoint is asked again after a while, and ever later; the log says which failure, and no word', async () => {
  await add(1, INTERNAL, 'the rule of Bonn')
  endpoint.manner = 'broken'
  start()
  const failures = () => said.filter((line) => line.includes('vectors not made')).length
  await settled(failures, 1)
  for (const [n, wait] of [1, 2, 4].entries()) {
    time.pass(wait * EMBEDDING.retry - 1)
    await settled(failures, n + 1)
    time.pass(1)
    await settled(failures, n + 2)
  }
  expect(endpoint.requests).toHaveLength(4)
  expect(said.join('')).toMatch(/"id":"e_[^"]+","why":"failed"/)
  expect(said.join('')).not.toContain('Bonn')
  endpoint.manner = null
  time.pass(8 * EMBEDDING.retry)
  await settled(left, false)
  expect(await records()).toHaveLength(1)
})

test('a start goes on where the last one ended', async () => {
  await add(1, INTERNAL, ...many)
  start()
  await settled(() => endpoint.requests.length > 0, true)
  endpoint.manner = 'silent'
  await settled(() => endpoint.open, 1)
  await keeper?.close()
  await expect.poll(() => endpoint.open).toBe(0)
  const [before, asked] = [await store.knowledge.vectors.next(INTERNAL, 1), endpoint.texts.length]
  expect(before?.first).toBeGreaterThan(0)
  endpoint.manner = null
  start()
  await settled(left, false)
  expect(endpoint.texts.slice(asked)).toEqual(under(many.slice(before?.first)))
})

test('one passage that is not taken holds no other up', async () => {
  await add(1, INTERNAL, 'one', 'this is too long for it', 'three')
  await add(2, INTERNAL, 'four')
  start('particular')
  await settled(left, false)
  const compared = await store.knowledge.hybrid('', { model: 'particular', vector: new Float32Array(64).fill(1) }, SECRET, 9)
  expect(compared.found.map(({ passage }) => passage).sort()).toEqual(['four', 'one', 'three'])
  expect(said.filter((line) => line.includes('a passage was not taken'))).toHaveLength(1)
})

test('an endpoint that takes nothing is at fault itself: no passage is passed over', async () => {
  await add(1, INTERNAL, 'one', 'two')
  start('rejected')
  await settled(() => said.filter((line) => line.includes('"why":"rejected"')).length, 1)
  expect(await store.knowledge.vectors.next(INTERNAL, 9)).toMatchObject({ first: 0 })
})

test('another model under the same name: all is made anew', async () => {
  await add(1, INTERNAL, 'one')
  start()
  await settled(left, false)
  endpoint.manner = 'longer'
  await add(2, INTERNAL, 'two')
  time.pass(EMBEDDING.look)
  await settled(() => said.filter((line) => line.includes('"why":"unlike"')).length, 1)
  time.pass(EMBEDDING.retry)
  await settled(left, false)
  expect(endpoint.texts).toEqual(under(['one', 'two', 'one', 'two']))
})

test('another model by its name begins anew', async () => {
  await add(1, INTERNAL, 'one')
  start()
  await settled(left, false)
  await keeper?.close()
  start('longer')
  await settled(() => endpoint.texts, under(['one', 'one']))
  await settled(left, false)
})
