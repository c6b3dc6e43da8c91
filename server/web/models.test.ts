// Deployed models over HTTP, with files that are opened in real processes, and what the next call of a kernel then comes to.
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Call } from '#protocol/calls.ts'
import { INFERENCE } from '#protocol/limits.ts'
import type { AuditLine } from '#protocol/managed.ts'
import { type DeployedCard, type DeployedSeen, MODELS_API } from '#protocol/models.ts'
import type { DeployedRules, ModelFile } from '#protocol/policy/deployed.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Role as Mode } from '#protocol/roles.ts'
import type { KernelState } from '#protocol/runner.ts'
import { PEOPLE } from '../data/demo.ts'
import { modelsOf } from '../scorers/testing/models.ts'
import { type Answer, type Client, send, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const SECRET: Label = { level: 'secret', markings: [] }
const ROLES = ['owner', 'analyst', 'colleague', 'auditor', 'outsider'] as const
type Role = (typeof ROLES)[number]
const RULES: DeployedRules = {
  description: 'Says what it was given.',
  label: INTERNAL,
  inputs: [{ name: 'x', type: 'real' }],
  open: 'editors',
  to: [{ who: 'group', group: 'planning' }],
}
const EXPRESSIONS = {
  same: 'passing(FLOAT, None)',
  twice: 'model([node("Add", ["x", "x"], ["y"])], [value("x", FLOAT, None)], [value("y", FLOAT, None)])',
  foreign: 'foreign()',
  external: 'external("/etc/passwd")',
  vast: 'declared(1 << 29)',
  fixed: 'passing(FLOAT, 1)',
  cube: 'passing(FLOAT, None, 2, 2)',
  pair: 'passing(FLOAT, None, 2)',
}
type Made = keyof typeof EXPRESSIONS
let made: Record<Made, Uint8Array<ArrayBuffer>>
let gateway: TestGateway
let people: Record<Role, Client>

beforeAll(() => {
  const files = modelsOf(...Object.values(EXPRESSIONS)).map((file) => new Uint8Array(file))
  made = Object.fromEntries(Object.keys(EXPRESSIONS).map((name, place) => [name, files[place]])) as typeof made
})
beforeEach(async () => {
  gateway = await testGateway()
  const { governance } = gateway.deps.desk.store
  const edit = { by: 'p_demo-owner', at: 1000, reason: 'a test' }
  for (const [person, standing] of Object.entries(PEOPLE)) await governance.setSubject(person, standing, edit)
  await group('analyst', 'planning')
  const signed = await Promise.all(ROLES.map(async (role) => [role, await signIn(gateway, `demo-${role}`)] as const))
  people = Object.fromEntries(signed) as Record<Role, Client>
})
afterEach(() => stopGateway(gateway))

async function group(role: Role, ...groups: string[]): Promise<void> {
  const { governance } = gateway.deps.desk.store
  const person = `p_demo-${role}`
  await governance.setSubject(
    person,
    { ...(await governance.subject(person)), groups },
    { by: 'p_demo-owner', at: 1, reason: 'x' },
  )
}
/** The owner may lower what is classified. */
async function declassifier(): Promise<void> {
  const to = { who: 'person', person: 'p_demo-owner' } as const
  const grants = [{ id: 'lowers', to, right: 'declassify', expires: null }] as const
  const change = { by: 'p_demo-owner', at: 1, reason: 'x' }
  await gateway.deps.desk.store.governance.setWorkspace({ label: { level: 'public', markings: [] }, grants }, change)
}
const upload = (body: Uint8Array<ArrayBuffer> | string, who = people.owner) =>
  send(gateway.origin, 'POST /api/models/files', {
    headers: { authorization: `Bearer ${who.bearer}`, 'content-type': 'application/octet-stream' },
    body,
  })
async function taken(name: Made): Promise<ModelFile> {
  const { status, body } = await upload(made[name])
  expect([status, body]).toEqual([200, expect.objectContaining({ digest: expect.any(String) })])
  return body as ModelFile
}
const put = (file: string, over: Partial<DeployedRules> = {}, onto = 0, name = 'delays') =>
  people.owner.call(`PUT /api/models/${name}`, { rules: { ...RULES, ...over }, file, onto, reason: 'a test asks' })
const remove = (onto: number, name = 'delays') =>
  people.owner.call(`POST /api/models/${name}/remove`, { onto, reason: 'a test asks' })
const code = ({ body }: { body: unknown }) => (body as { code?: string }).code
const message = ({ body }: { body: unknown }) => (body as { message?: string }).message
const cards = async () => (await people.owner.call('GET /api/models/rules')).body as DeployedCard[]
const seen = async (role: Role) => ((await people[role].call('GET /api/models')).body as DeployedSeen[]).map(({ name }) => name)
const pathOf = (digest: string) => join(gateway.home, 'models/uploaded', `${digest}.onnx`)
/** As if it had been there for longer than an hour. */
const old = (digest: string) => utimesSync(pathOf(digest), 1000, 1000)
const kept = () => {
  const folder = join(gateway.home, 'models/uploaded')
  return existsSync(folder) ? readdirSync(folder) : []
}

async function ask(role: Role, call: string, body: object, mode: Mode = 'edit') {
  const limits = { memory: 1, processes: 1, cpuShare: 1, files: 1, scratch: 1, output: 1 }
  const [id, person] = [`k_kernel-of-${role}`, `p_demo-${role}`]
  const spec = { id, person, notebook: 'n_00000001', mode, autorun: false, theme: 'light', limits } as const
  const rest = { usage: null, attached: null, detachedSince: null, startedAt: 0, data: '/run/data' }
  const kernel: KernelState = { spec, phase: { phase: 'ready', level: 3 }, ...rest }
  return JSON.parse(await gateway.deps.data.library(kernel, JSON.stringify({ call, body })))
}
const X = [{ name: 'x', type: 'real', values: [1.5] }]
/** What it says, or why not. */
async function predicted(role: Role, mode: Mode = 'edit', model = 'delays'): Promise<unknown> {
  const { ok, error } = await ask(role, 'inference.predict', { model, columns: X }, mode)
  return error ? error.code : ok.columns[0].values
}

describe('who is answered', () => {
  const owners = { owner: 200, analyst: 404, colleague: 404, auditor: 404, outsider: 404 }
  const EXPECTED: Record<keyof typeof MODELS_API, Record<Role, number>> = {
    'GET /api/models': { owner: 200, analyst: 200, colleague: 200, auditor: 200, outsider: 404 },
    'GET /api/models/rules': owners,
    'POST /api/models/files': owners,
    'PUT /api/models/:alias': owners,
    'POST /api/models/:alias/remove': owners,
  }

  test.each(Object.keys(MODELS_API) as (keyof typeof MODELS_API)[])('%s', async (call) => {
    const { digest } = await taken('same')
    await put(digest)
    const bodies: Partial<Record<Call, unknown>> = {
      'PUT /api/models/:alias': { rules: RULES, file: digest, onto: 1, reason: 'x' },
      'POST /api/models/:alias/remove': { onto: 1, reason: 'x' },
    }
    const answer = (role: Role): Promise<Answer> =>
      call === 'POST /api/models/files'
        ? upload(made.same, people[role])
        : people[role].call(call.replace(':alias', 'delays'), bodies[call])
    const answers: Partial<Record<Role, number>> = {}
    for (const role of [...ROLES].reverse()) answers[role] = (await answer(role)).status
    expect(answers).toEqual(EXPECTED[call])
  })

  test('who may not deploy is answered alike for what there is and what there is not, and nothing is kept', async () => {
    const { digest } = await taken('same')
    await put(digest)
    const said = async (path: string) => ({
      ...((await people.analyst.call(path, { onto: 1, reason: 'x' })).body as object),
      id: '',
    })
    expect(await said('POST /api/models/delays/remove')).toEqual(await said('POST /api/models/nowhere/remove'))
    await upload(made.twice, people.analyst)
    expect(kept()).toEqual([`${digest}.onnx`])
    expect((await cards()).map(({ version }) => version)).toEqual([1])
  })
})

describe('a file', () => {
  test('is opened, and told as it says itself; it is kept under its digest', async () => {
    const file = await taken('pair')
    expect(file).toEqual({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: made.pair.length,
      takes: [{ name: 'x', type: 'real', width: 2 }],
      makes: [{ name: 'y', type: 'real', width: 2 }],
    })
    expect(kept()).toEqual([`${file.digest}.onnx`])
    expect(await taken('pair')).toEqual(file)
    expect(kept()).toHaveLength(1)
  })

  const hostile: readonly (readonly [string, () => Uint8Array<ArrayBuffer> | string])[] = [
    ['nothing', () => ''],
    ['no model', () => 'no model'],
    ['half of one', () => made.same.subarray(0, 40)],
    ['operators of a library', () => made.foreign],
    ['data in a file beside it', () => made.external],
    ['more declared than there is', () => made.vast],
    ['one row only', () => made.fixed],
    ['no columns', () => made.cube],
  ]
  test.each(hostile)('that is hostile is refused, and nothing of it is kept: %s', async (_, body) => {
    const refused = await upload(body())
    expect([refused.status, code(refused)]).toEqual([422, 'unusable-model'])
    expect(message(refused)).toMatch(/it is no ONNX model, .*Nothing was kept of it\.$/)
    expect(kept()).toEqual([])
  })

  test('that is too big is refused, and nothing of it is kept; so it is where the disk is full', async () => {
    const refused = await upload(new Uint8Array(INFERENCE.file + 1))
    expect([refused.status, code(refused), kept()]).toEqual([413, 'file-too-big', []])
    await stopGateway(gateway)
    gateway = await testGateway({ free: () => INFERENCE.file })
    expect(code(await upload(made.same, await signIn(gateway, 'demo-owner')))).toBe('disk-full')
    expect(kept()).toEqual([])
  })

  test('without a model goes in an hour; a model’s own stays, and goes when that was taken away', async () => {
    const [same, twice] = [await taken('same'), await taken('twice')]
    await put(same.digest)
    for (const { digest } of [same, twice]) old(digest)
    const part = join(gateway.home, 'models/uploaded', '0.part') // of a gateway that was killed while it came
    writeFileSync(part, '')
    utimesSync(part, 1000, 1000)
    await gateway.deps.data.sweep()
    expect(kept()).toEqual([`${same.digest}.onnx`])
    const late = await put(twice.digest, {}, 1)
    expect([late.status, code(late)]).toEqual([409, 'model-file-gone'])
    await remove(1)
    old(same.digest)
    await gateway.deps.data.sweep()
    expect(kept()).toEqual([])
  })

  test('that is looked at again is kept for an hour more', async () => {
    const { digest } = await taken('same')
    old(digest)
    await put(digest)
    expect(statSync(pathOf(digest)).mtimeMs).toBeGreaterThan(Date.now() - INFERENCE.pending)
  })
})

describe('a model', () => {
  test('is made of a file and what is said of it: a version with who, when and why, on record, no row of data', async () => {
    const file = await taken('same')
    expect(await put(file.digest)).toMatchObject({ status: 200, body: { version: 1 } })
    const changed = { by: { name: 'Owner' }, reason: 'a test asks' }
    expect(await cards()).toMatchObject([{ name: 'delays', rules: RULES, file, version: 1, changed }])
    const { lines } = (await people.auditor.call('GET /api/audit')).body as { lines: AuditLine[] }
    expect(lines[0]).toMatchObject({
      kind: 'deployed-changed',
      text: 'Deployed the model delays',
      details: [`File ${file.digest}`, 'Version 1', 'Reason: a test asks'],
    })
  })

  test('that lies about its inputs is refused; one that is named once more needs the newest version', async () => {
    const { digest } = await taken('pair')
    const inputs = (...names: string[]) => ({ inputs: names.map((name) => ({ name, type: 'real' as const })) })
    const lying = await put(digest, inputs('a', 'b', 'c'))
    expect([lying.status, code(lying), message(lying)]).toEqual([
      422,
      'model-misfit',
      'The file does not fit what is said of it: it takes 2 columns, and 3 are said.',
    ])
    expect(await cards()).toEqual([])
    await put(digest, inputs('a', 'b'))
    for (const late of [await put(digest, inputs('a', 'b')), await remove(0)])
      expect([late.status, code(late)]).toEqual([409, 'stale-edit'])
    expect((await remove(0, 'nowhere')).status).toBe(404)
  })

  test('needs a reason, a name, and rules that there are', async () => {
    const { digest } = await taken('same')
    const { owner } = people
    const body = { rules: RULES, file: digest, onto: 0, reason: 'x' }
    for (const odd of [
      { reason: '' },
      { file: '../../state.db' },
      { rules: { ...RULES, open: 'all' } },
      { rules: { ...RULES, key: 'x' } },
    ])
      expect((await owner.call('PUT /api/models/delays', { ...body, ...odd })).status).toBe(400)
    expect((await owner.call('PUT /api/models/a%2F..%2Fb', body)).status).toBe(404)
    expect(code(await put('0'.repeat(64)))).toBe('model-file-gone')
    expect(await cards()).toEqual([])
  })

  test('is for those who are granted and cleared', async () => {
    const { digest } = await taken('same')
    const seenBy = async () => Promise.all((['owner', 'analyst', 'colleague', 'auditor'] as const).map(seen))
    await put(digest)
    expect(await seenBy()).toEqual([[], ['delays'], [], []])
    await put(digest, { to: [{ who: 'workspace' }] }, 1)
    expect(await seenBy()).toEqual([['delays'], ['delays'], ['delays'], []])
    const closed = await put(digest, { to: [{ who: 'workspace' }], open: 'nobody' }, 2)
    expect([closed.status, await seenBy()]).toEqual([200, [[], [], [], []]])
    const raised = await put(digest, { to: [{ who: 'workspace' }], label: SECRET }, 3)
    expect([raised.status, await seenBy()]).toEqual([200, [[], [], [], []]])
  })
})

test('a file counts as it was last said to, under any name, until somebody with a grant to declassify lowers it', async () => {
  const { digest } = await taken('same')
  await put(digest, { label: SECRET })
  const lower = async (onto: number, name?: string) => code(await put(digest, {}, onto, name))
  expect([await lower(1), await lower(0, 'other')]).toEqual(['not-declassifier', 'not-declassifier'])
  await remove(1)
  expect(await lower(0)).toBe('not-declassifier')
  expect(await cards()).toEqual([])
  await declassifier()
  expect((await put(digest, {}, 0)).status).toBe(200)
  expect((await cards()).map(({ rules }) => rules.label)).toEqual([INTERNAL])
})

describe('the next call of a kernel obeys', () => {
  test('a grant, one that is taken away, what is closed to readers and to all, and what is gone', async () => {
    const { digest } = await taken('same')
    expect(await predicted('analyst')).toBe('inference-absent')
    await put(digest)
    expect(await predicted('analyst')).toEqual([1.5])
    expect(await ask('analyst', 'inference.models', {})).toMatchObject({ ok: { models: [{ name: 'delays', label: INTERNAL }] } })
    expect(await predicted('colleague')).toBe('inference-ungranted')
    expect(await predicted('analyst', 'run')).toBe('inference-readers')
    await put(digest, { open: 'readers' }, 1)
    expect(await predicted('analyst', 'run')).toEqual([1.5])
    await group('analyst')
    expect(await predicted('analyst')).toBe('inference-ungranted')
    expect(await ask('analyst', 'inference.models', {})).toEqual({ ok: { models: [] } })
    await group('analyst', 'planning')
    await put(digest, { open: 'nobody' }, 2)
    expect((await ask('analyst', 'inference.describe', { model: 'delays' })).error).toMatchObject({
      code: 'inference-closed',
      message: 'The model “delays” is closed. Use one that inference.models() lists, or ask Owner.',
    })
    await remove(3)
    expect(await predicted('analyst')).toBe('inference-absent')
  })

  test('a label that was raised, and one that was lowered below what it has read', async () => {
    const { digest } = await taken('same')
    await put(digest)
    await put(digest, { label: SECRET }, 1)
    expect(await predicted('analyst')).toBe('inference-clearance')
    await declassifier()
    await put(digest, {}, 2)
    expect(await predicted('analyst')).toEqual([1.5])
    await put(digest, { label: { level: 'public', markings: [] } }, 3)
    expect(await predicted('analyst')).toBe('inference-label')
  })

  test('a file that was replaced, whole: what was decided of one is never asked of the other', async () => {
    const [same, twice] = [await taken('same'), await taken('twice')]
    await put(same.digest)
    expect(await predicted('analyst')).toEqual([1.5])
    expect((await put(twice.digest, {}, 1)).status).toBe(200)
    expect(await predicted('analyst')).toEqual([3])
    expect(readFileSync(pathOf(same.digest))).toEqual(Buffer.from(made.same))
    await put(same.digest, {}, 2, 'delays')
    expect(await predicted('analyst')).toEqual([1.5])
  })
})
