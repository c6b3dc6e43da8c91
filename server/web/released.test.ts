// Who may release, classify and declassify what somebody made: every role with every act, over HTTP; then what each leaves behind.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TablePage } from '#protocol/managed.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Audience, Policy, Table } from '#protocol/policy/policy.ts'
import type { Disclosure } from '#protocol/release.ts'
import { policyOf, tableOf } from '../data/demo.ts'
import { demoIdentity } from '../identity/demo.ts'
import { specOf } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { released } from '../policy/release.ts'
import type { Governance } from '../seams/governance.ts'
import { type Client, stopGateway, type TestGateway, testGateway } from '../testing.ts'
import {
  CLEARED,
  CONFIDENTIAL,
  declassify,
  everybody,
  INTERNAL,
  PERSONAL,
  person,
  ROLES,
  type Role,
  WORKSPACE,
} from './testing/sharing.ts'

const COPY = 'demo-analyst.copy'
const CALL = `/api/tables/${COPY}`
const MAKER = 'p_demo-analyst'
const SECRET: Label = { level: 'secret', markings: [] }
const EVERYBODY: readonly Audience[] = [{ who: 'workspace' }]
const REASON = { reason: 'as asked' }

const edit = { by: 'p_demo-owner', at: 1, reason: 'a test' }

const copy: Table = {
  name: COPY,
  owner: MAKER,
  description: '',
  hidden: true,
  label: CONFIDENTIAL,
  columns: [
    { name: 'country', type: 'text', label: LOWEST, description: '' },
    { name: 'email', type: 'text', label: LOWEST, description: '' },
  ],
}
const makers: Policy = {
  grants: [
    { id: 'maker-reads', to: { who: 'person', person: MAKER }, right: 'managed-table:read', rows: null, expires: null },
    { id: 'maker-writes', to: { who: 'person', person: MAKER }, right: 'managed-table:write', rows: null, expires: null },
  ],
  rows: [],
  masks: [],
}

let gateway: TestGateway
let governance: Governance
let kernels: ReturnType<typeof memoryKernels>
let people: Record<Role, Client>
beforeEach(async () => {
  kernels = memoryKernels(Date.now)
  gateway = await testGateway({ identity: demoIdentity(2), kernels })
  governance = gateway.deps.desk.store.governance
  people = await everybody(gateway)
  for (const role of CLEARED) await clear(role, PERSONAL)
  await clear('below', INTERNAL)
  await governance.setWorkspace(WORKSPACE, edit)
  await governance.addTable(copy, 1, makers)
})
afterEach(() => stopGateway(gateway))

const clear = (role: Role, clearance: Label) =>
  governance.setSubject(person(role), { clearance, groups: [], attributes: { countries: ['DE'] } }, edit)
const tableVersion = async () => (await governance.tableHistory(COPY))[0]?.version ?? 0
const policyVersion = async () => (await governance.policy(COPY)).version
const put = async (who: Client, call: string, body: object) => {
  const answer = await who.call(call, { ...REASON, ...body })
  const { code } = answer.body as { code?: string }
  return code ?? answer.status
}
const release = async (role: Role, to: readonly Audience[] = EVERYBODY) =>
  put(people[role], `PUT ${CALL}/release`, { to, onto: await policyVersion() })
const relabel = async (role: Role, label: Label) => put(people[role], `PUT ${CALL}/label`, { label, onto: await tableVersion() })
const page = async (role: Role) => (await people[role].call(`GET ${CALL}`)).body as TablePage
const record = async (count: number) =>
  (await gateway.deps.desk.store.audit.list({ limit: count })).map(({ entry }) => entry).reverse()

const details = (label: Label) => ({ description: 'A copy', hidden: true, label, columns: {} })
const ACTS: Record<string, (role: Role) => Promise<string | number>> = {
  'sees it': async (role) => (await people[role].call(`GET ${CALL}`)).status,
  'releases it': release,
  'takes the release back': (role) => release(role, []),
  'is told what a release would give': (role) =>
    put(people[role], `POST ${CALL}/release/preview`, { to: EVERYBODY, reason: undefined }),
  'raises it': (role) => relabel(role, PERSONAL),
  'raises it above their clearance': (role) => relabel(role, SECRET),
  'lowers it': (role) => relabel(role, INTERNAL),
  'lowers it below the workspace': (role) => relabel(role, LOWEST),
  'lowers its level for a marking': (role) => relabel(role, { level: 'internal', markings: ['PII'] }),
  'lowers its level for a marking they lack': (role) => relabel(role, { level: 'internal', markings: ['EU'] }),
  'raises it as one of all tables': async (role) =>
    put(people[role], `PUT ${CALL}`, { details: details(PERSONAL), onto: await tableVersion() }),
  'lowers it as one of all tables': async (role) =>
    put(people[role], `PUT ${CALL}`, { details: details(INTERNAL), onto: await tableVersion() }),
  'grants to declassify': async (role) =>
    put(people[role], 'PUT /api/workspace', {
      workspace: { ...WORKSPACE, grants: [declassify] },
      onto: (await governance.workspace()).version,
    }),
}
const nobody = Object.fromEntries(ROLES.map((role) => [role, 'not-found'])) as Record<Role, string | number>
const cleared = (answer: string | number) => Object.fromEntries(CLEARED.map((role) => [role, answer])) as Partial<typeof nobody>
const RELEASED: Record<keyof typeof ACTS, Record<Role, string | number>> = {
  'sees it': { ...nobody, ...cleared(200), below: 404, auditor: 404, outsider: 404 },
  'releases it': { ...nobody, ...cleared('not-your-table'), maker: 200 },
  'takes the release back': { ...nobody, ...cleared('not-your-table'), maker: 200 },
  'is told what a release would give': { ...nobody, ...cleared('not-your-table'), maker: 200 },
  'raises it': { ...nobody, ...cleared('not-your-table'), maker: 200, owner: 200 },
  'raises it above their clearance': { ...nobody, ...cleared('not-your-table'), maker: 'label-above', owner: 200 },
  'lowers it': { ...nobody, ...cleared('not-declassifier'), declassifier: 200 },
  'lowers it below the workspace': { ...nobody, ...cleared('not-declassifier'), declassifier: 'label-below' },
  'lowers its level for a marking': { ...nobody, ...cleared('not-declassifier'), declassifier: 200 },
  'lowers its level for a marking they lack': { ...nobody, ...cleared('not-declassifier'), declassifier: 'label-above' },
  'raises it as one of all tables': { ...nobody, owner: 200 },
  'lowers it as one of all tables': { ...nobody, owner: 'not-declassifier' },
  'grants to declassify': { ...nobody, owner: 200 },
}
/** Where it is its maker's alone: the rest is not told that it is there. */
const UNRELEASED: typeof RELEASED = {
  'sees it': { maker: 200, owner: 404, declassifier: 404, reader: 404, below: 404, auditor: 404, outsider: 404 },
  'releases it': { ...nobody, maker: 200 },
  'takes the release back': { ...nobody, maker: 200 },
  'is told what a release would give': { ...nobody, maker: 200 },
  'raises it': { ...nobody, maker: 200 },
  'raises it above their clearance': { ...nobody, maker: 'label-above' },
  'lowers it': { ...nobody, maker: 'not-declassifier' },
  'lowers it below the workspace': { ...nobody, maker: 'not-declassifier' },
  'lowers its level for a marking': { ...nobody, maker: 'not-declassifier' },
  'lowers its level for a marking they lack': { ...nobody, maker: 'not-declassifier' },
  'raises it as one of all tables': { ...nobody, owner: 200 },
  'lowers it as one of all tables': { ...nobody, owner: 'not-declassifier' },
  'grants to declassify': { ...nobody, owner: 200 },
}

describe.each([
  ['released to the workspace', EVERYBODY, RELEASED],
  ['its maker’s alone', [], UNRELEASED],
] as const)('a table, %s', (_, to, expected) => {
  test.each(Object.keys(ACTS))('who %s', async (act) => {
    const answers: Partial<typeof nobody> = {}
    for (const role of ROLES) {
      await governance.setPolicy(COPY, released(makers, to), edit)
      await governance.changeTable(copy, edit)
      await governance.setWorkspace(WORKSPACE, edit)
      const doing = ACTS[act]
      if (doing) answers[role] = await doing(role)
    }
    expect(answers).toEqual(expected[act])
  })
})

describe('a release', () => {
  const seenBy = async () => {
    const answers = await Promise.all(ROLES.map(async (role) => [role, (await people[role].call(`GET ${CALL}`)).status] as const))
    return answers.flatMap(([role, status]) => (status === 200 ? [role] : []))
  }

  test('is to those it names, each by the label, and taken back from all others; each a version on record', async () => {
    expect(await seenBy()).toEqual(['maker'])
    const to: readonly Audience[] = [
      { who: 'person', person: person('reader') },
      { who: 'person', person: person('below') },
    ]
    expect(await release('maker', [...to, ...to])).toBe(200)
    expect(await seenBy()).toEqual(['maker', 'reader'])
    expect((await governance.policy(COPY)).policy.grants.map(({ id }) => id)).toEqual([
      'maker-reads',
      'maker-writes',
      'release-1',
      'release-2',
    ])
    expect((await page('maker')).release).toEqual({ to, onto: 2 })
    expect((await page('reader')).release).toBeNull()
    expect(await release('maker', [])).toBe(200)
    expect(await seenBy()).toEqual(['maker'])
    expect(await record(2)).toEqual([
      { kind: 'table-released', table: COPY, person: MAKER, version: 2, ...REASON, to: [...to, ...to] },
      { kind: 'table-released', table: COPY, person: MAKER, version: 3, ...REASON, to: [] },
    ])
  })

  test('keeps what the workspace’s owner ruled, and gives no right to write', async () => {
    const mask = { id: 'm', bound: { all: 'everybody' }, column: 'email', mask: { kind: 'redact' }, label: LOWEST } as const
    await governance.setPolicy(COPY, { ...makers, masks: [mask] }, edit)
    expect(await release('maker')).toBe(200)
    expect(await page('reader')).toMatchObject({ writable: false, columns: [{ masked: null }, { masked: 'redact' }] })
  })

  test('needs a reason and the newest version, and is of a table that was made here', async () => {
    const onto = await policyVersion()
    const asked = (body: object) => put(people.maker, `PUT ${CALL}/release`, { to: EVERYBODY, ...body })
    expect([await asked({ onto, reason: '' }), await asked({ onto: onto + 1 }), await asked({ onto: onto - 1 })]).toEqual([
      'bad-request',
      'stale-edit',
      'stale-edit',
    ])
    expect(await policyVersion()).toBe(onto)
    await governance.addTable({ ...copy, name: 'made-elsewhere', hidden: false }, 1, makers)
    const elsewhere = await put(people.maker, 'PUT /api/tables/made-elsewhere/release', { to: EVERYBODY, onto: 1 })
    expect(elsewhere).toBe('not-your-table')
  })

  test('taken back ends the kernels that hold the table', async () => {
    await release('maker')
    await kernels.start(specOf({ id: 'k_00000001', person: person('reader') }), '')
    const held = { table: COPY, columns: [{ name: 'email', mask: null }], keep: { op: 'and', of: [] } }
    await governance.raise('k_00000001', CONFIDENTIAL, JSON.stringify(held))
    await release('maker', [{ who: 'person', person: person('reader') }])
    expect(kernels.get('k_00000001')?.phase).toMatchObject({ phase: 'starting' })
    await release('maker', [])
    expect(kernels.get('k_00000001')?.phase).toMatchObject({ phase: 'exited', cause: 'withdrawn' })
  })
})

describe('classifying', () => {
  const holding = async (id: string, label: Label) => {
    await kernels.start(specOf({ id, person: MAKER }), '')
    const held = { table: COPY, columns: [{ name: 'email', mask: null }], keep: { op: 'and', of: [] } }
    await governance.raise(id, label, JSON.stringify(held))
  }

  test('higher lifts the kernels that hold the table, and takes it from those below; lower lowers no kernel', async () => {
    await release('maker')
    await holding('k_00000001', CONFIDENTIAL)
    expect(await relabel('maker', PERSONAL)).toBe(200)
    expect(await governance.label('k_00000001')).toEqual(PERSONAL)
    expect(await relabel('declassifier', INTERNAL)).toBe(200)
    expect(await governance.label('k_00000001')).toEqual(PERSONAL)
    expect((await page('below')).card.access).toMatchObject({ readable: true, label: INTERNAL })
    expect(await relabel('owner', CONFIDENTIAL)).toBe(200)
    expect((await people.below.call(`GET ${CALL}`)).status).toBe(404)
    const row = { kind: 'table-relabelled', table: COPY, ...REASON }
    const change = (before: Label, label: Label) => [{ column: null, before, label }]
    expect(await record(3)).toEqual([
      { ...row, person: MAKER, version: 2, labels: change(CONFIDENTIAL, PERSONAL) },
      { ...row, person: person('declassifier'), version: 3, labels: change(PERSONAL, INTERNAL) },
      { ...row, person: person('owner'), version: 4, labels: change(INTERNAL, CONFIDENTIAL) },
    ])
  })

  test('lower is for who sees the whole of it unmasked, by a grant that has not run out', async () => {
    await release('maker')
    const { policy } = await governance.policy(COPY)
    const bound = { all: 'outside', group: 'readers' } as const
    const mask = { id: 'm', bound, column: 'email', mask: { kind: 'redact' }, label: LOWEST } as const
    await governance.setPolicy(COPY, { ...policy, masks: [mask] }, edit)
    expect((await page('declassifier')).classify).toBeNull()
    expect(await relabel('declassifier', INTERNAL)).toBe('label-unseen')
    await governance.setPolicy(COPY, policy, edit)
    expect((await page('declassifier')).classify).toEqual({ label: CONFIDENTIAL, onto: 1, raise: false, lower: true })
    await governance.setWorkspace({ ...WORKSPACE, grants: [{ ...declassify, expires: Date.now() }] }, edit)
    expect(await relabel('declassifier', INTERNAL)).toBe('not-declassifier')
  })

  test('the grant is the owner’s to give, also to themselves, with a reason and on record, onto the newest version', async () => {
    const grant = { ...declassify, to: { who: 'person', person: person('owner') } } as const
    const give = (body: object) =>
      put(people.owner, 'PUT /api/workspace', { workspace: { ...WORKSPACE, grants: [grant] }, ...body })
    const { version: onto } = await governance.workspace()
    expect([await give({ onto, reason: '' }), await give({ onto: onto - 1 })]).toEqual(['bad-request', 'stale-edit'])
    await release('maker')
    expect(await relabel('owner', INTERNAL)).toBe('not-declassifier')
    expect(await give({ onto })).toBe(200)
    expect(await record(1)).toEqual([{ kind: 'workspace-changed', person: person('owner'), version: onto + 1, ...REASON }])
    expect((await people.owner.call('GET /api/workspace')).body).toMatchObject({
      workspace: { label: INTERNAL, grants: [grant] },
      version: onto + 1,
    })
    expect(await relabel('owner', INTERNAL)).toBe(200)
    expect(await relabel('declassifier', INTERNAL)).toBe('not-your-table')
  })

  test('a column is lowered by nobody without a grant, and by who has one and sees it', async () => {
    await release('maker')
    const columns = (label: Label) => ({ email: { label, description: '' } })
    const say = async (label: Label) =>
      put(people.owner, `PUT ${CALL}`, {
        details: { ...details(CONFIDENTIAL), columns: columns(label) },
        onto: await tableVersion(),
      })
    expect(await say(PERSONAL)).toBe(200)
    expect(await say(CONFIDENTIAL)).toBe('not-declassifier')
    const grants = [{ ...declassify, to: { who: 'person', person: person('owner') } as const }]
    await governance.setWorkspace({ ...WORKSPACE, grants }, edit)
    await clear('owner', CONFIDENTIAL)
    expect(await say(CONFIDENTIAL)).toBe('label-unseen')
    await clear('owner', PERSONAL)
    expect(await say(CONFIDENTIAL)).toBe(200)
  })
})

describe('what it was made from', () => {
  beforeEach(async () => {
    const authorities = tableOf('compliance_authorities', [
      ['country', 'text'],
      ['address', 'text'],
      ['phone', 'text'],
      ['email', 'text'],
    ])
    if (authorities === null) throw new Error('one of the demo')
    await governance.addTable(authorities, 1, policyOf('compliance_authorities'))
    await governance.addTable({ ...authorities, name: 'hidden', hidden: true }, 1)
    const input = (table: string, policy: number) => ({ table, policy, label: PERSONAL })
    const tables = [input('compliance_authorities', 1), input('hidden', 0)]
    const made = { table: COPY, kernel: 'k_00000001', notebook: 'n_00000001', maker: MAKER, at: 1 }
    await gateway.deps.desk.store.made.made({ ...made, inputs: { tables, library: INTERNAL } })
  })
  const shown = { table: 'compliance_authorities', policy: 1, label: PERSONAL, changed: false }
  const preview = async (to: readonly Audience[]) =>
    (await people.maker.call(`POST ${CALL}/release/preview`, { to })).body as Disclosure

  test('stands on its page, with what has changed since, and hides what one may not know of', async () => {
    await release('maker')
    expect((await page('reader')).origin).toEqual({ inputs: [shown], unnamed: 1, library: INTERNAL })
    await governance.setPolicy('compliance_authorities', policyOf('compliance_authorities'), edit)
    expect((await page('reader')).origin?.inputs).toEqual([{ ...shown, changed: true }])
    expect((await people.owner.call('GET /api/tables/compliance_authorities')).body).toMatchObject({
      origin: null,
      release: null,
    })
  })

  test('a release is told who would not see it, and which inputs others see less of, of all of them together', async () => {
    expect(await preview([])).toEqual({ unseen: false, less: [] })
    expect(await preview([{ who: 'person', person: person('reader') }])).toEqual({ unseen: false, less: [] })
    expect(await preview([{ who: 'person', person: person('below') }])).toEqual({ unseen: true, less: [] })
    await clear('below', CONFIDENTIAL) // above the copy, below the personal columns that it was made from
    const less = { table: 'compliance_authorities', closed: false, rows: true, columns: ['address', 'phone', 'email'] }
    expect(await preview(EVERYBODY)).toEqual({ unseen: false, less: [less] })
    const { policy } = await governance.policy('compliance_authorities')
    const grants = policy.grants.map((grant) => ({ ...grant, to: { who: 'person', person: MAKER } as const }))
    await governance.setPolicy('compliance_authorities', { ...policy, grants }, edit)
    expect((await preview(EVERYBODY)).less).toEqual([{ ...less, closed: true, rows: false, columns: [] }])
  })
})
