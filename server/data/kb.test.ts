// What a kernel is told of the library, decided over the real store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DOCUMENTS } from '#protocol/limits.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Role } from '#protocol/roles.ts'
import type { KernelState } from '#protocol/runner.ts'
import { demoIdentity } from '../identity/demo.ts'
import { readyKernel } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { Meaning } from '../knowledge/meaning.ts'
import { makeLog } from '../log.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import type { Answers } from './answers.ts'
import { PEOPLE } from './demo.ts'
import { recheckHoldings } from './holding.ts'
import { makeKb } from './kb.ts'
import { workspaceKey } from './key.ts'
import { type Library, makeLibrary } from './library.ts'
import { sightOf } from './overview.ts'
import { makeRuling } from './rule.ts'
import type { Ruling } from './ruling.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const OWNER = 'p_demo-owner'
const edit = { by: OWNER, at: 1000, reason: 'a test' }

let home: string
let store: Store
let ruling: Ruling
let meaning: Meaning
let library: Library
let said: string[]

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kb-'))
  store = openStore(home)
  said = []
  const log = makeLog('debug', { write: (line) => void said.push(line) })
  ruling = makeRuling({ store, identity: demoIdentity(0), key: workspaceKey(home), now: () => 5000 })
  meaning = new Meaning({ embedder: null, now: () => 5000, log })
  library = makeLibrary(makeKb(ruling, store, meaning) as Answers, ruling, log)
  for (const [person, standing] of Object.entries(PEOPLE)) await store.governance.setSubject(person, standing, edit)
  for (const [n, label] of [LOWEST, INTERNAL, PERSONAL].entries()) {
    const about = { title: `Rules ${n}`, source: `rules-${n}.md`, label, by: OWNER, at: 1000, bytes: 10 }
    const passages = Array.from({ length: 8 }, (_, place) => `rule ${n}.${place}`)
    await store.knowledge.add({ id: `d_0000000${n}`, ...about }, passages)
  }
})
afterEach(async () => {
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

const kernelOf = (person: string, mode: Role = 'edit', data: string | null = '/run/data'): KernelState =>
  readyKernel({ id: `k_test-${person}`, person: `p_demo-${person}`, mode }, data)

// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
type Said = any
const ask = async (kernel: KernelState, body: object): Promise<Said> =>
  JSON.parse(await library(kernel, JSON.stringify({ call: 'kb.search', body: { query: 'rules', limit: 10, ...body } })))
const search = (person: string, body: object = {}) => ask(kernelOf(person), body)
const last = async () => (await store.audit.list({ limit: 1 }))[0]?.entry
const labels = ({ ok }: Said) => [...new Set(ok.documents.map(({ label }: Said) => label.level))].sort()

describe('a search', () => {
  test('each gets as many as they asked for, of what is theirs to see', async () => {
    const [analyst, colleague] = [await search('analyst', { limit: 20 }), await search('colleague')]
    expect(colleague.ok.documents).toHaveLength(10)
    expect(labels(colleague)).toEqual(['internal', 'public'])
    expect(analyst.ok.documents).toHaveLength(20)
    expect(labels(analyst)).toEqual(['confidential', 'internal', 'public'])
    expect(colleague.ok.documents[0]).toEqual({
      title: 'Rules 0',
      passage: 'rule 0.0',
      source: 'rules-0.md',
      label: LOWEST,
    })
    expect(colleague.ok.ranking).toEqual({ by: 'full-text', why: 'unset', message: null })
  })

  test('in a preview, of what its person and the profile both may see, on record as that', async () => {
    const as = (person: string, clearance: Label) =>
      readyKernel(
        { id: `k_preview-${person}`, person: `p_demo-${person}`, mode: 'run', preview: { clearance, groups: [] } },
        '/run/data',
      )
    expect(labels(await ask(as('analyst', INTERNAL), { limit: 20 }))).toEqual(['internal', 'public'])
    expect(await last()).toMatchObject({ kind: 'search-decided', preview: true, decision: { passages: 16 } })
    expect(labels(await ask(as('colleague', PERSONAL), { limit: 20 }))).toEqual(['internal', 'public'])
    expect(labels(await ask(as('colleague', LOWEST), { limit: 20 }))).toEqual(['public'])
  })

  test('reading or editing, by its person alone', async () => {
    expect((await ask(kernelOf('colleague', 'run'), {})).ok.documents).toHaveLength(10)
    const as = await search('colleague', { person: 'p_demo-analyst' })
    expect(as.error.code).toBe('bad-question')
  })

  test('it is on record, without its words, and the kernel counts as what it was given', async () => {
    await search('analyst', { query: 'the rule of Bonn' })
    const entry = await last()
    expect(entry).toEqual({
      kind: 'search-decided',
      person: 'p_demo-analyst',
      notebook: 'n_00000001',
      version: null,
      kernel: 'k_test-analyst',
      query: expect.stringMatching(/^[0-9a-f]{64}$/),
      decision: { allowed: true, documents: ['d_00000000', 'd_00000001'], passages: 10, label: INTERNAL },
    })
    expect(await store.governance.label('k_test-analyst')).toEqual(INTERNAL)
    await search('analyst', { query: '2.1' })
    expect(await last()).not.toMatchObject({ query: (entry as { query: string }).query })
    expect(await store.governance.label('k_test-analyst')).toEqual(PERSONAL)
    expect(said.join('')).not.toContain('Bonn')
  })

  test('what finds nothing raises nothing', async () => {
    for (const query of ['', 'nowhere', '" OR *']) expect((await search('analyst', { query })).ok.documents).toEqual([])
    expect((await search('analyst', { limit: 0 })).ok.documents).toEqual([])
    expect(await store.governance.held('k_test-analyst')).toEqual([])
    expect(await last()).toMatchObject({ decision: { allowed: true, documents: [], passages: 0, label: LOWEST } })
  })

  test('who is no member, or audits, is refused, also what is public', async () => {
    for (const person of ['outsider', 'auditor']) {
      expect((await search(person)).error).toMatchObject({
        code: 'library-members',
        message: expect.stringContaining('Ask Owner'),
      })
      expect(await last()).toMatchObject({ person: `p_demo-${person}`, decision: { allowed: false, why: 'ungranted' } })
    }
  })

  test.each([
    ['more than a search gives', { limit: DOCUMENTS.results + 1 }],
    ['less than nothing', { limit: -1 }],
    ['half a passage', { limit: 0.5 }],
    ['a query that is too long', { query: 'x'.repeat(DOCUMENTS.query + 1) }],
    ['no text', { query: null }],
  ])('%s is no question', async (_, body) => {
    expect((await search('analyst', body)).error).toMatchObject({
      code: 'bad-question',
      message: expect.stringContaining('“kb.search”'),
    })
    expect(await last()).toMatchObject({ kind: 'document-added' })
  })

  test('without a sandbox there is none', async () => {
    expect((await ask(kernelOf('analyst', 'edit', null), {})).error.code).toBe('not-here')
  })

  test('what cannot be recorded is not answered', async () => {
    const broken = { ...store, audit: { ...store.audit, append: () => Promise.reject(new Error('the disk is full')) } }
    library = makeLibrary(makeKb(ruling, broken, meaning) as Answers, ruling, makeLog('silent'))
    expect((await search('analyst')).error.code).toBe('unavailable')
    expect(await store.governance.label('k_test-analyst')).toEqual(LOWEST)
  })
})

describe('a kernel that was given passages', () => {
  const stopped: string[] = []
  const kernels = (person: string) => ({
    ...memoryKernels(Date.now),
    list: () => [kernelOf(person)],
  })
  const end = async ({ spec }: KernelState) => void stopped.push(spec.id)
  const recheck = async (person: string) => {
    stopped.length = 0
    await recheckHoldings(kernels(person), ruling, end, makeLog('silent'))
    return stopped
  }

  test('goes on while its person may see them, and ends when they may not', async () => {
    await search('analyst')
    await store.governance.setSubject('p_demo-analyst', { clearance: INTERNAL, groups: [], attributes: {} }, edit)
    expect(await recheck('analyst')).toEqual([])
    await store.governance.setSubject('p_demo-analyst', { clearance: LOWEST, groups: [], attributes: {} }, edit)
    expect(await recheck('analyst')).toEqual(['k_test-analyst'])
  })

  test('ends when a marking is taken away', async () => {
    await search('analyst', { limit: 20 })
    const standing = { clearance: { level: 'secret', markings: [] }, groups: [], attributes: {} } as const
    await store.governance.setSubject('p_demo-analyst', standing, edit)
    expect(await recheck('analyst')).toEqual(['k_test-analyst'])
  })

  test('ends with the membership', async () => {
    const gone = { ...ruling, subject: async (person: string) => ({ ...(await ruling.subject(person)), member: false }) }
    await search('colleague')
    stopped.length = 0
    await recheckHoldings(kernels('colleague'), gone, end, makeLog('silent'))
    expect(stopped).toEqual(['k_test-colleague'])
  })

  test('shows its person what they are classified as', async () => {
    const nothing = async () => null
    expect((await sightOf(ruling, kernelOf('analyst'), nothing)).library).toBeNull()
    await search('analyst', { query: '0.1' })
    await search('analyst', { query: '2.1' })
    expect(await sightOf(ruling, kernelOf('analyst'), nothing)).toMatchObject({
      label: PERSONAL,
      raised: [{ of: 'library', label: PERSONAL }],
      tables: [],
      library: PERSONAL,
      refused: [],
    })
  })
})
