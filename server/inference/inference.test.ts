// What kernels ask of deployed models: decided by the real store, answered by a server on loopback.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { INFERENCE } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Role } from '#protocol/roles.ts'
import type { KernelState } from '#protocol/runner.ts'
import { clock } from '../clock.ts'
import { PEOPLE } from '../data/demo.ts'
import { recheckHoldings } from '../data/holding.ts'
import { workspaceKey } from '../data/key.ts'
import { type Library, makeLibrary } from '../data/library.ts'
import { sightOf } from '../data/overview.ts'
import { makeRuling } from '../data/rule.ts'
import type { Ruling } from '../data/ruling.ts'
import { nobody } from '../data/testing/nobody.ts'
import { demoIdentity } from '../identity/demo.ts'
import { readyKernel } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { makeLog } from '../log.ts'
import { deployed } from '../scorers/described.ts'
import { oipInference, type Route } from '../scorers/oip.ts'
import { OipServer } from '../scorers/testing/server.ts'
import type { Inference } from '../seams/inference.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { makeScoring, type Scoring } from './inference.ts'
import { makeOffers } from './offers.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const PUBLIC: Label = { level: 'public', markings: [] }
const ANALYST = 'p_demo-analyst'
const COLLEAGUE = 'p_demo-colleague'
const SECRET = 4_815_162_342
const edit = { by: 'p_demo-owner', at: 1000, reason: 'a test' }

const route = (name: string, model: string, { level, markings }: Label, readers = false): readonly [string, Route] => {
  const inputs = [{ name: 'x', type: 'real' }] as const
  return [name, { model, deployed: deployed(name, { description: 'A test.', level, markings, readers, inputs }) }]
}
const ROUTES = new Map([
  route('same', 'same', INTERNAL),
  route('open', 'same', INTERNAL, true),
  route('personal', 'same', PERSONAL),
  ...['broken', 'keyless', 'redirect', 'rejected', 'nonsense', 'endless', 'tooMany', 'bent'].map((model) =>
    route(model, model, INTERNAL),
  ),
])

let server: OipServer
let home: string
let store: Store
let ruling: Ruling
let scoring: Scoring
let library: Library
let said: string[]
let now: number

beforeAll(async () => {
  server = await new OipServer().start()
})
afterAll(() => server.close())
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'inference-'))
  store = openStore(home)
  now = 5000
  ruling = makeRuling({ store, identity: demoIdentity(0), key: workspaceKey(home), now: () => now })
  for (const [person, standing] of Object.entries(PEOPLE)) await store.governance.setSubject(person, standing, edit)
  said = []
  server.requests.length = 0
  serve()
})
afterEach(async () => {
  await store.close()
  rmSync(home, { recursive: true })
})

function serve(
  inference: Inference | null = oipInference({ url: server.url, key: null, routes: ROUTES, clock }),
  written: Pick<Store, 'audit' | 'governance'> = store,
) {
  const log = makeLog('debug', { write: (line) => void said.push(line) })
  const offers = makeOffers({ inference, uploads: null }, written.governance)
  scoring = makeScoring({ offers, ruling, store: written, log })
  library = makeLibrary({ ...nobody, ...scoring.answers }, ruling, log)
}

const kernelOf = (person: string, mode: Role = 'edit', data: string | null = '/run/data'): KernelState =>
  readyKernel({ id: `k_${person.slice(2)}`, person, mode }, data)
const EDIT = kernelOf(ANALYST)

// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
type Said = any
const ask = async (kernel: KernelState, call: string, body: unknown): Promise<Said> =>
  JSON.parse(await library(kernel, JSON.stringify({ call, body })))
const X = [{ name: 'x', type: 'real', values: [SECRET, 0.5] }]
const predict = (model: string, kernel = EDIT, columns: unknown = X) => ask(kernel, 'inference.predict', { model, columns })
const names = async (kernel: KernelState) =>
  (await ask(kernel, 'inference.models', {})).ok.models.map(({ name }: { name: string }) => name)
/** Of models, without the edits that each test begins with. */
const record = async () => {
  const entries = (await store.audit.list({ limit: 100 })).map(({ entry }) => entry).reverse()
  return entries.filter(({ kind }) => kind.startsWith('inference'))
}

describe('a batch', () => {
  test('comes back scored, with its label and its two rows on record, and no value of it is kept anywhere', async () => {
    expect(await predict('same')).toEqual({
      ok: { columns: [{ name: 'y', type: 'real', values: [SECRET, 0.5] }], label: INTERNAL },
    })
    const who = { person: ANALYST, model: 'same' }
    const decided = { kind: 'inference-decided', ...who, notebook: 'n_00000001', version: null, kernel: EDIT.spec.id }
    const decision = { allowed: true, label: PUBLIC, counts: INTERNAL, columns: ['x'], rows: 2 }
    expect(await record()).toEqual([
      { ...decided, decision },
      { kind: 'inference-done', ...who, of: expect.any(Number), rows: 2, end: 'complete' },
    ])
    expect(await store.audit.verify()).toMatchObject({ ok: true })
    const files = ['state.db', 'state.db-wal'].map((name) => readFileSync(join(home, name), 'latin1'))
    expect([...said, ...files].join('')).not.toContain(String(SECRET))
  })

  test('raises the kernel to what the model may get, before it is asked', async () => {
    let raised: Label | null = null
    const asked = oipInference({ url: server.url, key: null, routes: ROUTES, clock })
    serve({
      ...asked,
      predict: async (batch) => {
        raised = await store.governance.label(EDIT.spec.id)
        return asked.predict(batch)
      },
    })
    expect((await predict('personal')).ok.label).toEqual(PERSONAL)
    expect(raised).toEqual(PERSONAL)
  })

  test('counts with all that the kernel has read, and the workspace', async () => {
    await store.governance.raise(EDIT.spec.id, { level: 'internal', markings: ['EU'] })
    expect(await predict('same')).toMatchObject({
      error: {
        code: 'inference-label',
        message: expect.stringContaining('up to internal, and what this kernel has read counts as internal EU.'),
      },
    })
    expect(server.requests).toEqual([])
    expect(await record()).toMatchObject([{ model: 'same', decision: { allowed: false, why: 'label' } }])
  })

  test('is not asked where it cannot be written down', async () => {
    serve(undefined, { governance: store.governance, audit: { ...store.audit, append: () => Promise.reject(new Error('full')) } })
    expect(await predict('same')).toMatchObject({ error: { code: 'inference-broken' } })
    expect(server.requests).toEqual([])
    expect(await store.governance.label(EDIT.spec.id)).toEqual(PUBLIC)
  })

  test('is refused where it does not fit, without the words of the kernel', async () => {
    const other = await predict('same', EDIT, [{ ...X[0], name: 'SECRET WORD' }])
    const message = expect.stringContaining('its input “x” is missing')
    expect(other.error).toMatchObject({ code: 'inference-inputs', message })
    expect(JSON.stringify([other, await record(), said])).not.toContain('SECRET WORD')
    expect(await record()).toMatchObject([{ decision: { allowed: false, why: 'inputs' } }])
  })

  const odd: readonly (readonly [string, unknown])[] = [
    ['no rows', [{ ...X[0], values: [] }]],
    ['no columns', []],
    ['a value that is none', [{ ...X[0], values: [null] }]],
    ['a value of another type', [{ ...X[0], values: ['x'] }]],
    ['a type that there is not', [{ ...X[0], type: 'date' }]],
    ['an integer beyond JSON', [{ name: 'x', type: 'integer', values: [2 ** 60] }]],
    ['too many columns', Array.from({ length: INFERENCE.inputs + 1 }, (_, n) => ({ ...X[0], name: `x${n}` }))],
    ['too many rows', [{ ...X[0], values: Array.from({ length: INFERENCE.rows + 1 }, () => 1) }]],
  ]
  test.each(odd)('of another shape is no question: %s', async (_, columns) => {
    expect(await predict('same', EDIT, columns)).toMatchObject({ error: { code: 'bad-question' } })
    expect(server.requests).toEqual([])
  })

  test.each([
    ['broken', 'failed'],
    ['keyless', 'unauthorised'],
    ['redirect', 'redirected'],
    ['rejected', 'rejected'],
    ['nonsense', 'garbled'],
    ['endless', 'too-long'],
    ['tooMany', 'busy'],
    ['bent', 'garbled'],
  ])('a failure is said in words and on record, without what the server says: %s', async (model, why) => {
    const { error } = await predict(model)
    expect(error.code).toBe(`inference-${why}`)
    expect(error.message).toContain(`“${model}”`)
    expect(error.message).not.toMatch(/[{}]/)
    expect(await record()).toMatchObject([{ decision: { allowed: true } }, { kind: 'inference-done', rows: 0, end: 'failed' }])
    expect(JSON.stringify([error, said])).not.toContain(String(SECRET))
  })

  test('after so many of one person, others wait; another person does not', async () => {
    for (let n = 0; n < INFERENCE.burst; n++) expect((await predict('same', EDIT, [])).error.code).toBe('bad-question')
    const absent = () => predict('none')
    for (let n = 0; n < INFERENCE.burst; n++) expect((await absent()).error.code).toBe('inference-absent')
    expect((await absent()).error).toMatchObject({ code: 'inference-rate', message: expect.stringContaining('Try again in 1 s') })
    expect((await predict('same', kernelOf(COLLEAGUE))).error).toBeUndefined()
    now += 1000
    expect((await predict('same')).error).toBeUndefined()
  })
})

describe('which models', () => {
  test('by mode, by clearance, and by what the kernel has read', async () => {
    expect(await names(EDIT)).toContain('personal')
    expect(await names(kernelOf(COLLEAGUE))).toEqual([...ROUTES.keys()].filter((name) => name !== 'personal'))
    expect(await names(kernelOf(ANALYST, 'run'))).toEqual(['open'])
    await store.governance.raise(EDIT.spec.id, PERSONAL)
    expect(await names(EDIT)).toEqual(['personal'])
    expect(await record()).toEqual([])
  })

  test('one is described as it is listed, or refused as it would be asked', async () => {
    const [, , personal] = (await ask(EDIT, 'inference.models', {})).ok.models
    expect(personal).toEqual({ name: 'personal', description: 'A test.', label: PERSONAL, inputs: [{ name: 'x', type: 'real' }] })
    expect(await ask(EDIT, 'inference.describe', { model: 'personal' })).toEqual({ ok: personal })
    for (const [kernel, model, code] of [
      [kernelOf(COLLEAGUE), 'personal', 'inference-clearance'],
      [kernelOf(ANALYST, 'run'), 'same', 'inference-readers'],
      [EDIT, 'none', 'inference-absent'],
    ] as const) {
      expect((await ask(kernel, 'inference.describe', { model })).error.code).toBe(code)
      expect((await predict(model, kernel)).error.code).toBe(code)
    }
    expect(server.requests).toEqual([])
    expect(await record()).toHaveLength(6)
  })

  test('a reader’s kernel may use those that are marked for readers', async () => {
    expect((await predict('open', kernelOf(ANALYST, 'run'))).ok.columns).toHaveLength(1)
  })

  test('none where kernels are not isolated, or nothing is served', async () => {
    expect((await predict('same', kernelOf(ANALYST, 'edit', null))).error.code).toBe('not-here')
    serve(null)
    expect((await predict('same')).error.code).toBe('inference-off')
    expect((await ask(EDIT, 'inference.models', {})).error.code).toBe('inference-off')
  })
})

test('a kernel that holds what a model said ends when its person may not see that any more', async () => {
  const kernels = { ...memoryKernels(Date.now), list: () => [EDIT] }
  const ended: string[] = []
  const end = async ({ spec }: KernelState) => void ended.push(spec.id)
  await predict('personal')
  await recheckHoldings(kernels, ruling, end, makeLog('silent'))
  expect(ended).toEqual([])
  await store.governance.setSubject(ANALYST, { clearance: INTERNAL, groups: [], attributes: {} }, edit)
  await recheckHoldings(kernels, ruling, end, makeLog('silent'))
  expect(ended).toEqual([EDIT.spec.id])
})

test('“What you see” names a model whose answers raised the kernel, and the workspace that did', async () => {
  await predict('personal')
  await predict('broken')
  const seen = () => sightOf(ruling, EDIT, async () => null)
  expect(await seen()).toMatchObject({
    label: PERSONAL,
    raised: [{ of: 'model', name: 'personal', label: PERSONAL }],
    done: [{ what: 'prediction', text: 'Gave the deployed model “personal” 2 rows to score', times: 1 }],
    refused: [{ what: 'prediction', text: expect.stringContaining('“broken” may not get') }],
  })
  await store.governance.setWorkspace({ label: { level: 'internal', markings: ['PII'] }, grants: [] }, edit)
  expect((await seen()).raised.map(({ of }) => of)).toEqual(['workspace', 'model'])
})
