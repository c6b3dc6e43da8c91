// What kernels ask of models: decided by the real store, answered by an endpoint on loopback.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MODEL } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Role } from '#protocol/roles.ts'
import type { KernelState } from '#protocol/runner.ts'
import { clock } from '../clock.ts'
import { workspaceKey } from '../data/key.ts'
import { type Library, makeLibrary } from '../data/library.ts'
import { Reads } from '../data/reads.ts'
import { makeRuling } from '../data/rule.ts'
import type { Ruling } from '../data/ruling.ts'
import { makeTables } from '../data/tables.ts'
import { nobody } from '../data/testing/nobody.ts'
import { demoIdentity } from '../identity/demo.ts'
import { makeLog } from '../log.ts'
import { openAiModels } from '../models/openai.ts'
import { Endpoint } from '../models/testing/endpoint.ts'
import type { AuditEntry } from '../seams/audit.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { type Llm, makeLlm, type Served } from './llm.ts'
import type { Route } from './routes.ts'

const KEY = 'sk-secret'
const PER_DAY = 1000
const INTERNAL: Label = { level: 'internal', markings: [] }
const SECRET: Label = { level: 'secret', markings: ['PII'] }
const ANALYST = 'p_demo-analyst'
const DAY = new Date().toISOString().slice(0, 10)

const route = (model: string, over: Partial<Route> = {}): Route => ({
  model,
  label: INTERNAL,
  readers: false,
  tokens: 100,
  ...over,
})
const ROUTES = new Map([
  ['default', route('echo')],
  ['open', route('echo', { readers: true })],
  ['trusted', route('echo', { label: SECRET, tokens: 50 })],
  ...['uncounted', 'unended', 'cutOff', 'broken', 'keyless', 'redirect', 'tooMany', 'endless'].map(
    (model) => [model.toLowerCase(), route(model)] as const,
  ),
])

let endpoint: Endpoint
let home: string
let store: Store
let ruling: Ruling
let llm: Llm
let library: Library
let said: string[]
let ids = 0

beforeAll(async () => {
  endpoint = await new Endpoint().start()
})
afterAll(() => endpoint.close())
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'llm-'))
  store = openStore(home)
  ruling = makeRuling({ store, identity: demoIdentity(0), key: workspaceKey(home), now: Date.now })
  said = []
  endpoint.requests.length = 0
  serve()
})
afterEach(async () => {
  for (const mode of ['edit', 'run'] as const) llm.forget(kernelOf(mode).spec.id)
  await expect.poll(() => endpoint.open).toBe(0)
  await store.close()
  rmSync(home, { recursive: true })
})

const models = () => openAiModels({ url: endpoint.url, key: KEY, clock })
function serve(
  served: Served | null = { routes: ROUTES, perDay: PER_DAY, models: models() },
  written: Pick<Store, 'audit' | 'allowance'> = store,
) {
  const log = makeLog('debug', { write: (line) => void said.push(line) })
  llm = makeLlm({ served, ruling, store: written, clock, log })
  library = makeLibrary({ ...nobody, ...makeTables(ruling, new Reads(ruling, null)), ...llm.answers }, ruling, log)
}

function kernelOf(mode: Role, id = `k_test-${mode}`): KernelState {
  const limits = { memory: 1, processes: 1, cpuShare: 1, files: 1, scratch: 1, output: 1 }
  const spec = { id, person: ANALYST, notebook: 'n_00000001', mode, autorun: false, theme: 'light', limits } as const
  return { spec, phase: { phase: 'ready', level: 3 }, usage: null, attached: null, detachedSince: null, startedAt: 0, data: null }
}
const EDIT = kernelOf('edit')
const RUN = kernelOf('run')

// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
type Said = any
const ask = async (kernel: KernelState, call: string, body: unknown): Promise<Said> =>
  JSON.parse(await library(kernel, JSON.stringify({ call, body })))
const fresh = () => `answer-${String(++ids).padStart(12, '0')}`
const begin = (kernel: KernelState, model: string, over: object = {}) => {
  const messages = [{ role: 'user', content: 'what was asked' }]
  return ask(kernel, 'llm.begin', { id: fresh(), model, messages, tokens: null, temperature: null, ...over })
}

/** As the library does: to the end, or to the refusal. */
async function complete(kernel: KernelState, model: string, over: { id?: string } = {}): Promise<Said> {
  const id = over.id ?? fresh()
  const begun = await begin(kernel, model, { ...over, id })
  if (begun.error) return begun
  let text = ''
  for (let at = 0; ; ) {
    const { ok, error } = await ask(kernel, 'llm.next', { id, after: at })
    if (error) return { text, error }
    text += ok.text
    at = ok.at
    if (ok.end !== null) return { text, end: ok.end }
  }
}
const written = async () => (await store.audit.list({ limit: 100 })).map(({ entry }) => entry).reverse()
const used = () => store.allowance.used(ANALYST, DAY)
const settled = (entries = 2) => expect.poll(async () => (await written()).length).toBe(entries)

describe('an answer', () => {
  test('comes whole, with its two rows on record, and of its words none is kept anywhere', async () => {
    expect(await complete(EDIT, 'default')).toEqual({ text: 'what was asked', end: 'complete' })
    await settled()
    const decision: Partial<AuditEntry> = {
      kind: 'model-decided',
      person: ANALYST,
      notebook: 'n_00000001',
      version: null,
      kernel: 'k_test-edit',
      model: 'default',
      decision: { allowed: true, label: { level: 'public', markings: [] }, messages: 1, characters: 14, tokens: 130 },
    }
    const done = {
      kind: 'model-done',
      person: ANALYST,
      model: 'default',
      of: 1,
      tokens: 12,
      counted: 'endpoint',
      end: 'complete',
    }
    expect(await written()).toEqual([decision, done])
    expect(await store.audit.verify()).toMatchObject({ ok: true })
    const kept =
      said.join('') + readFileSync(join(home, 'state.db'), 'latin1') + readFileSync(join(home, 'state.db-wal'), 'latin1')
    expect(kept).toContain('model-done')
    for (const word of ['what was', KEY]) expect(kept).not.toContain(word)
  })

  test('is asked for under the model’s own name, with the tokens that were set aside', async () => {
    await complete(EDIT, 'default', { tokens: 7, temperature: 1.5 } as object)
    expect(endpoint.requests[0]?.body).toMatchObject({ model: 'echo', max_tokens: 7, temperature: 1.5 })
    await complete(EDIT, 'default')
    expect(endpoint.requests[1]?.body.max_tokens).toBe(100)
  })

  test('begun twice it is begun once, together or one after the other', async () => {
    const id = fresh()
    const both = await Promise.all([begin(EDIT, 'default', { id }), begin(EDIT, 'default', { id })])
    expect(both).toEqual([{ ok: {} }, { ok: {} }])
    expect(await complete(EDIT, 'default', { id })).toMatchObject({ text: 'what was asked' })
    expect(endpoint.requests).toHaveLength(1)
    await settled()
    expect(await used()).toBe(12)
  })

  test('is gone with the gateway that waited for it, and is not asked for or charged again', async () => {
    const id = fresh()
    await begin(EDIT, 'default', { id })
    await settled()
    serve()
    for (const [call, body] of [
      ['llm.next', { id, after: 0 }],
      ['llm.begin', { id, model: 'default', messages: [{ role: 'user', content: 'x' }], tokens: null, temperature: null }],
    ] as const)
      expect((await ask(EDIT, call, body)).error).toMatchObject({
        code: 'llm-gone',
        message: expect.stringContaining('restarted'),
      })
    expect(endpoint.requests).toHaveLength(1)
    expect(await used()).toBe(12)
  })

  test('is its own kernel’s: another finds and ends none', async () => {
    const id = fresh()
    await begin(EDIT, 'default', { id })
    expect((await ask(RUN, 'llm.next', { id, after: 0 })).error.code).toBe('llm-gone')
    await ask(RUN, 'llm.cancel', { id })
    expect(await complete(EDIT, 'default', { id })).toMatchObject({ text: 'what was asked' })
  })

  test('cancelled, or its kernel ended: the endpoint is left and the row says so', async () => {
    const cancelled = fresh()
    await begin(EDIT, 'unended', { id: cancelled })
    expect(await ask(EDIT, 'llm.next', { id: cancelled, after: 0 })).toMatchObject({ ok: { text: 'a first word ' } })
    for (const _ of [1, 2]) expect(await ask(EDIT, 'llm.cancel', { id: cancelled })).toEqual({ ok: {} })
    await expect.poll(() => endpoint.open).toBe(0)
    await settled()
    expect((await written())[1]).toMatchObject({ end: 'cut', counted: 'estimate', tokens: 9 })
    const undecided = fresh()
    await Promise.all([begin(EDIT, 'unended', { id: undecided }), ask(EDIT, 'llm.cancel', { id: undecided })])
    await settled(4)
    expect((await written())[3]).toMatchObject({ end: 'cut' })
    await begin(EDIT, 'unended')
    await expect.poll(() => endpoint.open).toBe(1)
    llm.forget(EDIT.spec.id)
    await expect.poll(() => endpoint.open).toBe(0)
  })

  test('so many are under way in one kernel, and no more; what has ended makes room', async () => {
    const waiting = Array.from({ length: MODEL.running }, fresh)
    for (const id of waiting) await begin(EDIT, 'unended', { id })
    expect((await begin(EDIT, 'default')).error).toMatchObject({
      code: 'llm-running',
      message: expect.stringMatching(/4 answers.*“default”/),
    })
    expect(await begin(RUN, 'open')).toEqual({ ok: {} })
    await ask(EDIT, 'llm.cancel', { id: waiting[0] })
    const ended = Array.from({ length: MODEL.kept }, fresh)
    for (const id of ended) expect(await complete(EDIT, 'open', { id })).toMatchObject({ end: 'complete' })
    expect((await ask(EDIT, 'llm.next', { id: ended[0], after: 0 })).error.code).toBe('llm-gone')
    expect(await ask(EDIT, 'llm.next', { id: ended.at(-1), after: 14 })).toMatchObject({ ok: { end: 'complete' } })
    expect(await ask(EDIT, 'llm.next', { id: waiting[1], after: 0 })).toMatchObject({ ok: { text: 'a first word ' } })
  })
})

describe('a refusal names the model, why, and whom to ask', () => {
  const refused = async (answer: Promise<Said>, code: string, ...words: string[]) => {
    const { error } = await answer
    expect(error.code).toBe(code)
    for (const word of words) expect(error.message).toContain(word)
    expect(error.message).not.toMatch(/[{}]/)
    expect(said.join('')).toContain(error.id)
  }

  test('nothing is set up', async () => {
    serve(null)
    for (const answer of [begin(EDIT, 'default'), ask(EDIT, 'llm.models', {})])
      await refused(answer, 'llm-off', 'CORTEX_URL', 'CORTEX_MODELS', 'operator')
  })

  test('a model that there is not; the row does not quote it', async () => {
    await refused(begin(EDIT, 'a@b.example'), 'llm-absent', '“a@b.example”', 'llm.models()', 'Owner')
    expect(await written()).toMatchObject([{ model: null, decision: { allowed: false, why: 'absent' } }])
    await refused(begin(EDIT, 'constructor'), 'llm-absent')
  })

  test('what the kernel has read is above the model’s label, from then on', async () => {
    const lines = async () => (await ask(EDIT, 'llm.models', {})).ok.models.map(({ name }: Said) => name)
    expect(await lines()).toContain('default')
    expect(await complete(EDIT, 'default')).toMatchObject({ end: 'complete' })
    await store.governance.raise(EDIT.spec.id, { level: 'confidential', markings: ['PII'] })
    await refused(begin(EDIT, 'default'), 'llm-label', '“default”', 'up to internal', 'counts as confidential PII', 'Owner')
    expect(await lines()).toEqual(['trusted'])
    expect(await complete(EDIT, 'trusted')).toMatchObject({ end: 'complete' })
    expect(endpoint.requests).toHaveLength(2)
    expect((await written()).filter(({ kind }) => kind === 'model-decided')).toMatchObject([
      { decision: { allowed: true } },
      { model: 'default', decision: { allowed: false, why: 'label', label: { level: 'confidential', markings: ['PII'] } } },
      { decision: { allowed: true, label: { level: 'confidential', markings: ['PII'] } } },
    ])
  })

  test('a reader’s kernel may use what is open to readers', async () => {
    await refused(begin(RUN, 'default'), 'llm-readers', '“default”', 'readers', 'Owner')
    expect(await complete(RUN, 'open')).toMatchObject({ end: 'complete' })
    expect((await ask(RUN, 'llm.models', {})).ok.models).toEqual([{ name: 'open', tokens: 100, label: INTERNAL }])
  })

  test('more tokens than the model may give', async () => {
    await refused(begin(EDIT, 'trusted', { tokens: 51 }), 'llm-tokens', '“trusted”', '50 tokens', 'Owner')
    expect(await complete(EDIT, 'trusted', { tokens: 50 } as object)).toMatchObject({ end: 'complete' })
  })

  test.each([
    ['keyless', 'llm-unauthorised', 'key'],
    ['broken', 'llm-failed', 'failed'],
    ['redirect', 'llm-redirected', 'another address'],
    ['toomany', 'llm-busy', 'busy'],
  ])('the endpoint: %s', async (model, code, word) => {
    await refused(complete(EDIT, model), code, `“${model}”`, word, 'Owner')
    await settled()
    expect((await written())[1]).toMatchObject({ end: 'failed', tokens: 0 })
    expect(await used()).toBe(0)
    expect(said.join('')).not.toContain('what was')
  })

  test('an answer that breaks off gives what there was, then says so; that is charged', async () => {
    const broken = await complete(EDIT, 'cutoff')
    expect(broken).toMatchObject({ text: 'half of ', error: { code: 'llm-cut' } })
    await settled()
    expect((await written())[1]).toMatchObject({ end: 'failed', counted: 'estimate', tokens: 8 })
  })

  test('a question of another shape', async () => {
    for (const over of [
      { id: 'short' },
      { messages: [] },
      { temperature: 3 },
      { tokens: 0 },
      { key: KEY },
      { messages: [{ role: 'tool', content: '' }] },
    ])
      expect((await begin(EDIT, 'default', over)).error.code).toBe('bad-question')
    expect(endpoint.requests).toEqual([])
  })

  test('what cannot be written down is not asked for, and takes nothing', async () => {
    const audit = { ...store.audit, append: () => Promise.reject(new Error('the disk is full of what was asked')) }
    serve({ routes: ROUTES, perDay: PER_DAY, models: models() }, { audit, allowance: store.allowance })
    await refused(begin(EDIT, 'default'), 'llm-broken', '“default”', 'Owner')
    expect(endpoint.requests).toEqual([])
    expect(await used()).toBe(0)
    expect(said.join('')).not.toContain('what was asked')
  })
})

describe('tokens of a day', () => {
  test('calls that are made together stay within them; what was not taken is there again', async () => {
    const kernels = Array.from({ length: 4 }, (_, at) => kernelOf('edit', `k_together-${at}`))
    const all = kernels.flatMap((kernel) => [kernel, kernel, kernel])
    const answers = await Promise.all(all.map((kernel) => begin(kernel, 'unended')))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(Math.floor(PER_DAY / 130))
    const { error } = answers.find(({ error: one }) => one) ?? {}
    expect(error).toMatchObject({
      code: 'llm-quota',
      message: expect.stringMatching(/“unended” may take 130 tokens.*90 of your 1,000.*Owner/),
    })
    expect(await used()).toBe(910)
    expect((await ask(EDIT, 'llm.models', {})).ok.left).toBe(90)
    for (const { spec } of kernels) llm.forget(spec.id)
    await expect.poll(used).toBeLessThan(100)
    expect(await begin(EDIT, 'default')).toEqual({ ok: {} })
  })

  test('an endpoint that does not count is charged by the estimate', async () => {
    await complete(EDIT, 'uncounted')
    await settled()
    expect((await written())[1]).toMatchObject({
      counted: 'estimate',
      tokens: Math.ceil(('what was asked'.length + 'twelve chars'.length) / 3),
    })
  })

  test('a prompt that is longer than the day is refused before anything leaves', async () => {
    const { error } = await begin(EDIT, 'default', { messages: [{ role: 'user', content: 'é'.repeat(500) }] })
    expect(error.code).toBe('llm-quota')
    expect(await written()).toMatchObject([{ model: 'default', decision: { allowed: false, why: 'quota' } }])
    expect(endpoint.requests).toEqual([])
  })
})
