// What an author is told before sharing: how many others lack or see less of what the notebook reads; who, only the workspace's owner.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Grant, Policy, Table } from '#protocol/policy/policy.ts'
import type { Preflight } from '#protocol/shares.ts'
import type { Store } from '../seams/store.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const HIGH: Label = { level: 'secret', markings: [] }
const [OWNER, ANALYST, COLLEAGUE] = ['p_demo-owner', 'p_demo-analyst', 'p_demo-colleague'] as const
const SOURCE =
  'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    tables.read("literal")\n    # commented\n    return\n'

const grant = (person: string): Grant => ({
  id: `of-${person.slice(7)}`,
  to: { who: 'person', person },
  right: 'managed-table:read',
  rows: null,
  expires: null,
})
const table = (name: string, over: Partial<Table> = {}): Table => ({
  name,
  owner: OWNER,
  description: '',
  hidden: false,
  label: LOWEST,
  columns: [{ name: 'country', type: 'text', label: LOWEST, description: '' }],
  ...over,
})
const NONE: Policy = { grants: [], rows: [], masks: [] }
const to = (...people: readonly string[]): Policy => ({ ...NONE, grants: people.map(grant) })

let gateway: TestGateway
let store: Store
let analyst: Client

beforeEach(async () => {
  gateway = await testGateway()
  store = gateway.deps.desk.store
  analyst = await signIn(gateway, 'demo-analyst')
})
afterEach(() => stopGateway(gateway))

async function add(one: Table, policy: Policy): Promise<void> {
  await store.governance.addTable(one, 1)
  const done = await store.governance.setPolicy(one.name, policy, { by: OWNER, at: 1, reason: 'a test' })
  if (!done.ok) throw new Error('no policy')
}
const make = async (who: Client) => ((await who.call('POST /api/notebooks', { source: SOURCE })).body as { id: string }).id
const preflight = async (who: Client, id: string) =>
  (await who.call(`GET /api/notebooks/${id}/shares/preflight`)).body as Preflight
/** What the gateway writes when a kernel is given rows. */
async function read(name: string, notebook: string, person: string = ANALYST): Promise<void> {
  const decision = {
    allowed: true,
    columns: ['country'],
    masks: [],
    policy: 1,
    rules: [],
    literals: null,
    label: LOWEST,
  } as const
  const entry = { kind: 'read-decided', person, notebook, version: null, kernel: 'k_00000001', table: name, decision } as const
  await store.audit.append(entry, 1)
}

test('tables by name and by run: how many lack them, how many see less, and nobody by name', async () => {
  const id = await make(analyst)
  await add(table('literal'), to(ANALYST))
  await add(table('commented'), to(ANALYST))
  await add(table('elsewhere'), to(ANALYST))
  const insider = { clearance: LOWEST, groups: ['inside'], attributes: {} }
  for (const one of [ANALYST, OWNER]) await store.governance.setSubject(one, insider, { by: OWNER, at: 1, reason: 'a test' })
  const bound = { all: 'outside', group: 'inside' } as const
  const mask = { id: 'm', column: 'country', bound, mask: { kind: 'null' }, label: LOWEST } as const
  await add(table('run'), { ...to(ANALYST, OWNER, COLLEAGUE), masks: [mask] })
  await add(table('open'), to(ANALYST, OWNER, COLLEAGUE))
  for (const name of ['run', 'open']) await read(name, id)
  await read('elsewhere', await make(analyst))
  expect(await preflight(analyst, id)).toEqual({
    members: 2,
    tables: [
      { table: 'literal', lack: { count: 2, people: null }, masked: { count: 0, people: null } },
      { table: 'run', lack: { count: 0, people: null }, masked: { count: 1, people: null } },
    ],
  })
})

test('the workspace’s owner is told who it is', async () => {
  const owner = await signIn(gateway, 'demo-owner')
  const id = await make(owner)
  await add(table('literal'), to(OWNER, ANALYST))
  expect((await preflight(owner, id)).tables).toEqual([
    { table: 'literal', lack: { count: 1, people: ['Colleague'] }, masked: { count: 0, people: [] } },
  ])
})

test('of what is hidden from the author, and of what there is not, nothing is told', async () => {
  const id = await make(analyst)
  await add(table('literal', { hidden: true }), to(OWNER))
  await read('literal', id) // while it was not hidden
  expect((await preflight(analyst, id)).tables).toEqual([])
})

test('a label above somebody’s clearance closes it to them', async () => {
  const id = await make(analyst)
  await store.governance.setSubject(
    ANALYST,
    { clearance: HIGH, groups: [], attributes: {} },
    { by: OWNER, at: 1, reason: 'a test' },
  )
  await add(table('literal', { label: HIGH }), to(ANALYST, OWNER, COLLEAGUE))
  expect((await preflight(analyst, id)).tables).toMatchObject([{ lack: { count: 2 } }])
})
