// What an owner says of models, and of the workspace, in the answers to kernels: decided by the real store, answered by an endpoint on loopback.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Label } from '#protocol/policy/label.ts'
import type { RouteRules } from '#protocol/policy/route.ts'
import { clock } from '../clock.ts'
import { workspaceKey } from '../data/key.ts'
import { type Library, makeLibrary } from '../data/library.ts'
import { Reads } from '../data/reads.ts'
import { makeRuling } from '../data/rule.ts'
import { makeTables } from '../data/tables.ts'
import { nobody } from '../data/testing/nobody.ts'
import { demoIdentity } from '../identity/demo.ts'
import { makeLog } from '../log.ts'
import { openAiModels } from '../models/openai.ts'
import { Endpoint } from '../models/testing/endpoint.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { type Llm, makeLlm } from './llm.ts'
import { makeTerms } from './terms.ts'
import { asking, EDIT, fresh, INTERNAL, kernelOf, ROUTES, RUN, type Said, SECRET } from './testing/asking.ts'

const OTHER = kernelOf('edit', 'k_test-other')
let endpoint: Endpoint
let home: string
let store: Store
let llm: Llm
let library: Library

beforeAll(async () => {
  endpoint = await new Endpoint().start()
})
afterAll(() => endpoint.close())
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'llm-edited-'))
  store = openStore(home)
  endpoint.requests.length = 0
  serve(store)
})
afterEach(async () => {
  for (const { spec } of [EDIT, RUN, OTHER]) llm.forget(spec.id)
  await expect.poll(() => endpoint.open).toBe(0)
  await store.close()
  rmSync(home, { recursive: true })
})

function serve(written: Pick<Store, 'audit' | 'allowance'>) {
  const log = makeLog('error', { write: () => {} })
  const ruling = makeRuling({ store, identity: demoIdentity(0), key: workspaceKey(home), now: Date.now })
  const terms = makeTerms({ routes: ROUTES, perDay: 1000 }, store.governance)
  const models = openAiModels({ url: endpoint.url, key: null, clock })
  llm = makeLlm({ models, terms, ruling, store: written, clock, log })
  library = makeLibrary({ ...nobody, ...makeTables(ruling, new Reads(ruling, null), null), ...llm.answers }, ruling, log)
}

const { ask, begin, complete } = asking(() => library)
const written = async () => (await store.audit.list({ limit: 100 })).map(({ entry }) => entry).reverse()

describe('what an owner says of a model', () => {
  const say = (alias: string, over: Partial<RouteRules>) =>
    store.governance.setRoute(
      alias,
      { model: 'echo', label: INTERNAL, open: 'editors', perDay: null, ...over },
      { by: 'p_demo-owner', at: 1, reason: 'a test asks' },
    )
  const edited = () => expect.poll(async () => (await written()).filter(({ kind }) => kind === 'model-done').length)

  test('holds from the next question on: its model, its label, to whom it is open', async () => {
    await say('trusted', { model: 'uncounted', label: INTERNAL })
    expect(await complete(EDIT, 'trusted')).toMatchObject({ text: 'twelve chars' })
    expect(endpoint.requests[0]?.body).toMatchObject({ model: 'uncounted', max_tokens: 50 })
    await store.governance.raise(EDIT.spec.id, SECRET)
    expect((await begin(EDIT, 'trusted')).error.code).toBe('llm-label')
    expect((await begin(RUN, 'default')).error.code).toBe('llm-readers')
    await say('default', { open: 'readers' })
    expect(await complete(RUN, 'default')).toMatchObject({ end: 'complete' })
    const names = async () => (await ask(RUN, 'llm.models', {})).ok.models.map(({ name }: Said) => name)
    expect(await names()).toEqual(['default', 'open'])
    for (const open of ['default', 'open']) await say(open, { open: 'nobody' })
    expect(await names()).toEqual([])
    const { error } = await begin(RUN, 'open')
    expect(error).toMatchObject({ code: 'llm-closed', message: expect.stringMatching(/“open” is closed here.*Owner/) })
    expect((await written()).at(-1)).toMatchObject({ model: 'open', decision: { allowed: false, why: 'closed' } })
  })

  test('a model that the operator does not offer any more is closed', async () => {
    await say('open', { model: 'of yesterday', open: 'readers' })
    expect((await begin(RUN, 'open')).error.code).toBe('llm-closed')
    expect(endpoint.requests).toEqual([])
  })

  test('tokens of a day of its own, within those of all', async () => {
    await say('default', { perDay: 130 + 10 })
    expect(await complete(EDIT, 'default')).toMatchObject({ end: 'complete' })
    await edited().toBe(1)
    const { error } = await begin(EDIT, 'default')
    expect(error).toMatchObject({
      code: 'llm-share',
      message: expect.stringMatching(/“default” may take 130 tokens.*128 of your 140 of it.*Owner/),
    })
    expect((await written()).at(-1)).toMatchObject({ model: 'default', decision: { allowed: false, why: 'share' } })
    expect(await complete(EDIT, 'open')).toMatchObject({ end: 'complete' })
    await say('default', { perDay: null })
    expect(await begin(EDIT, 'default')).toEqual({ ok: {} })
  })

  test('cuts the answers that might not begin any more, and no others', async () => {
    const [mine, another, stays] = [fresh(), fresh(), fresh()]
    await begin(EDIT, 'unended', { id: mine })
    await begin(EDIT, 'stays', { id: stays })
    await begin(OTHER, 'unended', { id: another })
    for (const [kernel, id] of [
      [EDIT, mine],
      [EDIT, stays],
      [OTHER, another],
    ] as const)
      expect(await ask(kernel, 'llm.next', { id, after: 0 })).toMatchObject({ ok: { text: 'a first word ' } })
    const waits = ask(EDIT, 'llm.next', { id: mine, after: 13 })
    await store.governance.raise(OTHER.spec.id, SECRET) // which it had not read when it asked
    await say('unended', { model: 'unended', perDay: 0 })
    await llm.recheck()
    expect(endpoint.open).toBe(3)
    await say('unended', { model: 'echo' })
    await llm.recheck()
    expect((await waits).error).toMatchObject({
      code: 'llm-withdrawn',
      message: expect.stringMatching(/“unended” was closed to this kernel while it answered.*Owner/),
    })
    expect((await ask(OTHER, 'llm.next', { id: another, after: 0 })).error.code).toBe('llm-withdrawn')
    await expect.poll(() => endpoint.open).toBe(1)
    expect(await ask(EDIT, 'llm.next', { id: stays, after: 0 })).toMatchObject({ ok: { text: 'a first word ' } })
    await edited().toBe(2)
    expect((await written()).filter(({ kind }) => kind === 'model-done')).toMatchObject([{ end: 'cut' }, { end: 'cut' }])
  })

  test('one that is being decided while the rules change does not slip through', async () => {
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const append: Store['audit']['append'] = async (...row) => {
      reached.resolve()
      await gate.promise
      return store.audit.append(...row)
    }
    serve({ audit: { ...store.audit, append }, allowance: store.allowance })
    const id = fresh()
    const begun = begin(EDIT, 'unended', { id })
    await reached.promise
    await say('unended', { model: 'unended', open: 'nobody' })
    const judged = llm.recheck()
    gate.resolve()
    await judged
    expect(await begun).toEqual({ ok: {} }) // it was decided before
    expect((await ask(EDIT, 'llm.next', { id, after: 0 })).error.code).toBe('llm-withdrawn')
  })
})

test('what the workspace is labelled counts, whatever the kernel has read', async () => {
  const label = (to: Label) =>
    store.governance.setWorkspace({ label: to, grants: [] }, { by: 'p_demo-owner', at: 1, reason: 'a test asks' })
  expect(await complete(EDIT, 'default')).toMatchObject({ end: 'complete' })
  await label(SECRET)
  expect((await begin(EDIT, 'default')).error).toMatchObject({
    code: 'llm-label',
    message: expect.stringContaining('counts as secret PII'),
  })
  expect((await ask(EDIT, 'llm.models', {})).ok.models.map(({ name }: Said) => name)).toEqual(['trusted'])
  expect(await complete(EDIT, 'trusted')).toMatchObject({ end: 'complete' })
})
