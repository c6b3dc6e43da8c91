// What a kernel is told of the library where an endpoint of embeddings is set up: over the real store, and an endpoint over HTTP.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EMBEDDING } from '#protocol/limits.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { KernelState } from '#protocol/runner.ts'
import { TestClock } from '#protocol/testing.ts'
import { demoIdentity } from '../identity/demo.ts'
import { readyKernel } from '../kernels/testing/kernel.ts'
import { Keeper } from '../knowledge/keeper.ts'
import { Meaning } from '../knowledge/meaning.ts'
import { makeLog } from '../log.ts'
import { openAiEmbeddings } from '../models/embeddings.ts'
import { EmbeddingEndpoint } from '../models/testing/embedder.ts'
import type { Failure } from '../seams/models.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import type { Answers } from './answers.ts'
import { PEOPLE } from './demo.ts'
import { makeKb } from './kb.ts'
import { workspaceKey } from './key.ts'
import { type Library, makeLibrary } from './library.ts'
import { makeRuling } from './rule.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const MISSPELT = 'regulatroy framwork'

let home: string
let store: Store
let endpoint: EmbeddingEndpoint
let time: TestClock
let now: number
let said: string[]
let library: Library

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'hybrid-'))
  store = openStore(home)
  endpoint = await new EmbeddingEndpoint().start()
  time = new TestClock()
  now = 5000
  said = []
  for (const [person, standing] of Object.entries(PEOPLE))
    await store.governance.setSubject(person, standing, { by: 'p_demo-owner', at: 1000, reason: 'a test' })
  await add(1, LOWEST, 'The regulatory framework', 'Delays of carriers')
  await add(2, INTERNAL, 'The framework of regulation', 'A weather report')
  await add(3, PERSONAL, 'Regulatory frameworks of people')
  library = open()
})
afterEach(async () => {
  await endpoint.close()
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

const add = (n: number, label: Label, ...passages: readonly string[]) =>
  store.knowledge.add({ id: `d_0000000${n}`, title: 'T', source: 'x', label, by: 'p_demo-owner', at: n, bytes: 1 }, passages)
const embedder = () => {
  const embeddings = openAiEmbeddings({ url: endpoint.url, key: null, model: 'trigrams', clock: time })
  return { model: 'trigrams', label: INTERNAL, embeddings }
}
function open(
  from: Pick<Store, 'knowledge' | 'audit' | 'governance'> = store,
  by: ReturnType<typeof embedder> | null = embedder(),
) {
  const log = makeLog('debug', { write: (line) => void said.push(line) })
  const ruling = makeRuling({ store, identity: demoIdentity(0), key: workspaceKey(home), now: () => now })
  return makeLibrary(makeKb(ruling, from, new Meaning({ embedder: by, now: () => now, log })) as Answers, ruling, log)
}
/** As the gateway does it in the background; what it sent is not of interest here. */
async function prepare(): Promise<void> {
  const keeper = new Keeper({ embedder: embedder(), store, clock: time, log: makeLog('silent'), now: () => now })
  await expect
    .poll(() => {
      time.pass(0)
      return store.knowledge.vectors.next(INTERNAL, 1)
    })
    .toBeNull()
  await keeper.close()
  endpoint.requests.length = 0
}

const kernelOf = (person: string): KernelState => readyKernel({ id: `k_test-${person}`, person: `p_demo-${person}` }, '/run')
// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
type Said = any
const search = async (query: string, person = 'analyst', limit = 10, of = library): Promise<Said> =>
  JSON.parse(await of(kernelOf(person), JSON.stringify({ call: 'kb.search', body: { query, limit } })))
const passages = ({ ok }: Said): string[] => ok.documents.map(({ passage }: Said) => passage)
const kinds = async (count: number) => (await store.audit.list({ limit: count })).map(({ entry }) => entry.kind)

describe('a search by meaning', () => {
  beforeEach(prepare)

  test('finds what no word of it finds, and says how', async () => {
    const answer = await search(MISSPELT, 'colleague')
    expect(passages(answer).slice(0, 2)).toEqual(['The regulatory framework', 'The framework of regulation'])
    expect(answer.ok.documents).toHaveLength(4)
    expect(answer.ok.ranking).toEqual({ by: 'hybrid' })
    expect(endpoint.texts).toEqual([MISSPELT])
    expect(passages(await search(MISSPELT, 'colleague', 10, open(store, null)))).toEqual([])
  })

  test('what the endpoint may not be sent is found by its words', async () => {
    expect(passages(await search(MISSPELT))).not.toContain('Regulatory frameworks of people')
    expect(passages(await search('regulatory frameworks people'))).toContain('Regulatory frameworks of people')
  })

  test('is on record before it is sent, without its words', async () => {
    await search('the rule of Bonn', 'colleague')
    const [decided, sent] = (await store.audit.list({ limit: 2 })).map(({ entry }) => entry)
    expect(decided).toMatchObject({ kind: 'search-decided', decision: { allowed: true, passages: 4, label: INTERNAL } })
    expect(sent).toEqual({
      kind: 'search-sent',
      person: 'p_demo-colleague',
      notebook: 'n_00000001',
      version: null,
      kernel: 'k_test-colleague',
      query: (decided as { query: string }).query,
      label: LOWEST,
    })
    expect(JSON.stringify(sent)).not.toContain('Bonn')
  })

  test('what cannot be recorded is not sent', async () => {
    const append: Store['audit']['append'] = (entry, at) =>
      entry.kind === 'search-sent' ? Promise.reject(new Error('the disk is full')) : store.audit.append(entry, at)
    const answer = await search('rules', 'analyst', 10, open({ ...store, audit: { ...store.audit, append } }))
    expect(answer.error.code).toBe('unavailable')
    expect(endpoint.requests).toEqual([])
  })

  test('is of what its person may see when the endpoint has answered', async () => {
    endpoint.manner = 'silent'
    const asked = search('framework', 'analyst')
    await expect.poll(() => endpoint.open).toBe(1)
    const edit = { by: 'p_demo-owner', at: 2000, reason: 'a test' }
    await store.governance.setSubject('p_demo-analyst', { clearance: LOWEST, groups: [], attributes: {} }, edit)
    time.pass(EMBEDDING.question)
    expect(passages(await asked)).toEqual(['The regulatory framework'])
  })

  test('of a kernel that has read what the endpoint may not be sent goes by words, and nothing leaves', async () => {
    await store.governance.raise('k_test-analyst', PERSONAL, '{"search":{}}')
    const answer = await search('framework')
    expect(answer.ok.ranking).toEqual({
      by: 'full-text',
      why: 'label',
      message: expect.stringContaining('what this kernel has read is classified above'),
    })
    expect(passages(answer)).toEqual(passages(await search('framework', 'analyst', 10, open(store, null))))
    expect(endpoint.requests).toEqual([])
    expect(await kinds(2)).toEqual(['search-decided', 'search-decided'])
  })

  test('in a workspace above the endpoint nothing leaves either', async () => {
    const edit = { by: 'p_demo-owner', at: 1, reason: 'a test' }
    await store.governance.setWorkspace({ label: PERSONAL, grants: [] }, edit)
    expect((await search('framework')).ok.ranking).toMatchObject({ by: 'full-text', why: 'label' })
    expect(endpoint.requests).toEqual([])
  })

  test('of who is no member, of nothing and for nothing is not sent', async () => {
    expect((await search('framework', 'outsider')).error.code).toBe('library-members')
    for (const query of ['', ' ', '* " -', '😀'])
      expect((await search(query)).ok).toEqual({ documents: [], ranking: { by: 'full-text', why: 'nothing', message: null } })
    expect((await search('framework', 'analyst', 0)).ok.documents).toEqual([])
    expect(endpoint.requests).toEqual([])
  })

  test('that was given what the endpoint may not be sent is the last by meaning of its kernel', async () => {
    expect((await search('regulatory frameworks people')).ok.ranking).toEqual({ by: 'hybrid' })
    expect((await search('framework')).ok.ranking).toMatchObject({ by: 'full-text', why: 'label' })
    expect(endpoint.texts).toEqual(['regulatory frameworks people'])
  })

  test('before any passage has its vector, and where none of what may be seen has, is by words and says so', async () => {
    await store.knowledge.vectors.forget()
    const answer = await search('framework', 'colleague')
    expect(answer.ok.ranking).toMatchObject({ by: 'full-text', why: 'unprepared' })
    expect(passages(answer)).toEqual(['The regulatory framework', 'The framework of regulation'])
  })

  test.each<[string, Failure]>([
    ['keyless', 'unauthorised'],
    ['absent', 'unknown'],
    ['tooMany', 'busy'],
    ['rejected', 'rejected'],
    ['broken', 'failed'],
    ['redirect', 'redirected'],
    ['cutOff', 'cut'],
    ['endless', 'too-long'],
    ['nonsense', 'garbled'],
    ['silent', 'silent'],
    ['nowhere', 'unreachable'],
  ])('of an endpoint that fails (%s: %s) is by words, in the answer and in the log under one id', async (manner, why) => {
    endpoint.manner = manner
    if (manner === 'nowhere') await endpoint.close()
    const asked = search('framework')
    if (manner === 'silent') {
      await expect.poll(() => endpoint.open).toBe(1)
      time.pass(EMBEDDING.question)
    }
    const answer = await asked
    if (manner === 'nowhere') endpoint = await new EmbeddingEndpoint().start()
    expect(answer.ok.ranking).toMatchObject({ by: 'full-text', why: 'failed' })
    const id = /\((e_[\w-]+)\)\.$/.exec(answer.ok.ranking.message)?.[1]
    const line = said.find((one) => one.includes(`"id":"${id}"`)) ?? ''
    expect(JSON.parse(line)).toMatchObject({ why, kernel: 'k_test-analyst', person: 'p_demo-analyst' })
    expect(said.join('')).not.toContain('framework')
    expect(passages(answer)).toEqual(passages(await search('framework', 'analyst', 10, open(store, null))))
  })

  test('is not asked for again for a while after a failure, unless it was the question that failed', async () => {
    endpoint.manner = 'broken'
    const first = await search('framework', 'colleague')
    endpoint.manner = null
    now += EMBEDDING.rest - 1
    expect((await search('framework', 'colleague')).ok.ranking).toEqual(first.ok.ranking)
    expect(endpoint.requests).toHaveLength(1)
    now += 1
    expect((await search('framework', 'colleague')).ok.ranking).toEqual({ by: 'hybrid' })
    endpoint.manner = 'rejected'
    await search('framework', 'colleague')
    endpoint.manner = null
    expect((await search('framework', 'colleague')).ok.ranking).toEqual({ by: 'hybrid' })
  })

  test('of one person does not hold up those of another', async () => {
    endpoint.manner = 'silent'
    const waiting = Array.from({ length: EMBEDDING.running }, () => search('framework', 'colleague'))
    await expect.poll(() => endpoint.open).toBe(EMBEDDING.running)
    expect((await search('framework', 'colleague')).ok.ranking).toMatchObject({ by: 'full-text', why: 'busy' })
    endpoint.manner = null
    expect((await search('framework')).ok.ranking).toEqual({ by: 'hybrid' })
    time.pass(EMBEDDING.question)
    for (const answer of await Promise.all(waiting)) expect(answer.ok.ranking.why).toBe('failed')
    now += EMBEDDING.rest
    expect((await search('framework', 'colleague')).ok.ranking).toEqual({ by: 'hybrid' })
  })
})
