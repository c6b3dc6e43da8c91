// Names that a kernel made up, over HTTP: who is not cleared for them is told an id, by which a table is followed and found by who is.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuditLine, PolicyLine, TablePage } from '#protocol/managed.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import { lineage } from '../governance/lineage.ts'
import { decided, writing, written } from '../seams/audit.contract.ts'
import type { AuditEntry } from '../seams/audit.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const MARK = '4711'
const NAME = `demo-analyst.t${MARK}`
const LOST = `demo-analyst.lost${MARK}` // asked for, and never there
const MAKER = 'p_demo-analyst'
const INTERNAL: Label = { level: 'internal', markings: [] }
const edit = { by: 'p_demo-owner', at: 1, reason: 'a test' }
const made: Table = {
  name: NAME,
  owner: MAKER,
  description: '',
  hidden: true,
  label: INTERNAL,
  columns: [{ name: `c${MARK}`, type: 'text', label: LOWEST, description: '' }],
}
const OPEN: Policy = {
  grants: [{ id: 'all', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [],
  masks: [],
}

let gateway: TestGateway
let people: Record<'owner' | 'analyst' | 'colleague' | 'auditor', Client>
const clear = (role: string, clearance: Label) =>
  gateway.deps.desk.store.governance.setSubject(`p_demo-${role}`, { clearance, groups: [], attributes: {} }, edit)
const append = (entry: AuditEntry) => gateway.deps.desk.store.audit.append(entry, 1)

const creating = (table: string) => {
  const decision = { allowed: true, columns: [`c${MARK}`], policy: 1, rules: [], label: INTERNAL } as const
  return writing({ person: MAKER, mode: 'create', table, decision })
}
const read = {
  allowed: true,
  columns: [`c${MARK}`],
  masks: [{ column: `c${MARK}`, kind: 'redact' }],
  policy: 1,
  rules: [],
  literals: null,
  label: INTERNAL,
} as const
const saved = {
  kind: 'artefact-saved',
  person: MAKER,
  notebook: 'n_00000001',
  version: null,
  kernel: 'k_00000001',
  artefact: 'a_00000001',
  what: 'file',
  bytes: 1,
  digest: '0'.repeat(64),
  label: INTERNAL,
  inputs: [{ table: NAME, policy: 1, label: INTERNAL }],
} as const

beforeEach(async () => {
  gateway = await testGateway()
  const roles = ['owner', 'analyst', 'colleague', 'auditor'] as const
  const signed = await Promise.all(roles.map(async (role) => [role, await signIn(gateway, `demo-${role}`)] as const))
  people = Object.fromEntries(signed) as typeof people
  await clear('analyst', INTERNAL)
  await append(creating(LOST))
  const { seq } = await append(creating(NAME))
  await gateway.deps.desk.store.governance.addTable(made, 1, OPEN)
  await append(written(seq, { person: MAKER, table: NAME }))
  await append(decided({ person: MAKER, table: NAME, decision: read }))
  await append(saved)
})
afterEach(() => stopGateway(gateway))

const asked = async (role: keyof typeof people, call: string) => (await people[role].call(call)).body
const lines = async (role: keyof typeof people, query = '') =>
  ((await asked(role, `GET /api/audit${query}`)) as { lines: AuditLine[] }).lines
const kinds = (told: readonly AuditLine[]) => told.map(({ kind }) => kind)
const of = (name: string) => `?table=${encodeURIComponent(name)}`
const idOf = async (kind: string) => (await lines('auditor')).find((line) => line.kind === kind)?.table ?? ''
const OF_IT = ['read-decided', 'write-done', 'policy-changed', 'table-added', 'write-decided']

describe('the record', () => {
  test('says to an auditor below them no name, in no row, and all else', async () => {
    const told = await lines('auditor')
    expect(JSON.stringify(told)).not.toContain(MARK)
    expect(told.find(({ kind }) => kind === 'read-decided')).toMatchObject({
      table: expect.stringMatching(/^table_[0-9a-f]{16}$/),
      alias: true,
      allowed: true,
      person: { name: 'Analyst' },
      text: 'Read allowed: 1 column, counts as internal',
      details: expect.arrayContaining([expect.stringMatching(/^Columns: column_[0-9a-f]{16}$/), 'Kernel k_00000001']),
    })
    const events = await asked('auditor', 'GET /api/audit/lineage')
    expect(JSON.stringify(events)).not.toContain(MARK)
    expect(JSON.stringify(events)).toContain(`"name":"${await idOf('read-decided')}"`)
  })

  test('says them to an auditor who is cleared, but for a table that never was', async () => {
    await clear('auditor', INTERNAL)
    const told = await lines('auditor')
    expect(told.find(({ kind }) => kind === 'read-decided')).toMatchObject({ table: NAME, alias: false })
    expect(JSON.stringify(told)).not.toContain(LOST)
    expect(kinds(await lines('auditor', of(NAME)))).toEqual(OF_IT)
  })

  test('is followed by the id; by a name that is not theirs to know, as by one that there is not, nothing is found', async () => {
    const id = await idOf('read-decided')
    expect(kinds(await lines('auditor', of(id)))).toEqual(OF_IT)
    expect((await lines('auditor', of(id))).every(({ table }) => table === id)).toBe(true)
    const lost = (await lines('auditor')).filter(({ kind }) => kind === 'write-decided').at(-1)?.table ?? ''
    expect(kinds(await lines('auditor', of(lost)))).toEqual(['write-decided'])
    for (const name of [NAME, LOST, `${NAME}1`, 'table_0123456789abcdef']) {
      expect(await lines('auditor', of(name))).toEqual([])
      expect(await lines('auditor', `${of(name)}&person=${MAKER}`)).toEqual([])
    }
  })

  test('says what they did to who did it; by the id, too, to nobody else', async () => {
    const id = await idOf('read-decided')
    const own = await lines('analyst')
    expect(own.map(({ table }) => table)).toEqual(expect.arrayContaining([NAME, LOST]))
    expect(own.some(({ alias }) => alias)).toBe(false)
    expect(await lines('analyst', of(id))).toEqual(await lines('analyst', of(NAME)))
    expect(await lines('colleague', of(id))).toEqual([])
  })

  test('shows no link by which a name could be guessed, and the same link everywhere', async () => {
    const rows = await gateway.deps.desk.store.audit.list({ limit: 100 })
    const told = await lines('auditor')
    const plain = new Map(rows.map(({ seq, hash }) => [seq, hash.slice(0, 12)]))
    expect(told.filter(({ seq, hash }) => plain.get(seq) === hash)).toEqual([])
    expect(await asked('auditor', 'GET /api/audit/chain')).toEqual({ holds: true, rows: told.length, hash: told[0]?.hash })
    const { events } = (await asked('auditor', 'GET /api/audit/lineage')) as { events: { run: { runId: string } }[] }
    const plainly = new Set(lineage(rows, 'workspace').map(({ run }) => run.runId))
    expect([plainly.size, events.length, events.filter(({ run }) => plainly.has(run.runId))]).toEqual([3, 4, []])
  })
})

test('whoever may see the table finds it by the id on record, and nobody else', async () => {
  const id = await idOf('read-decided')
  expect(((await asked('analyst', `GET /api/tables/${id}`)) as TablePage).card.name).toBe(NAME)
  const code = async (name: string) => (await people.colleague.call(`GET /api/tables/${name}`)).status
  expect([await code(id), await code('table_0123456789abcdef')]).toEqual([404, 404])
})

describe('the workspace’s owner', () => {
  const body = { onto: 1, reason: 'x' }
  const details = { description: '', hidden: false, label: LOWEST, columns: {} }
  const calls = (name: string) =>
    [
      [`GET /api/policies/${name}`],
      [`GET /api/policies/${name}/versions`],
      [`POST /api/policies/${name}/preview`, { policy: OPEN, as: { is: 'person', person: MAKER } }],
      [`PUT /api/policies/${name}`, { policy: OPEN, ...body }],
      [`PUT /api/tables/${name}`, { details, ...body }],
    ] as const
  const answers = (name: string) =>
    Promise.all(calls(name).map(async ([call, sent]) => (await people.owner.call(call, sent)).body))
  const codes = async (name: string) => (await answers(name)).map((answer) => (answer as { code?: string }).code)

  test('who is not cleared is told that there is one, by its id, and rules it as little as one that there is not', async () => {
    const { governance } = gateway.deps.desk.store
    await governance.addTable({ ...made, name: 'weather' }, 1) // its name is after that of the other: that is not to be seen
    const [first, ...policies] = (await asked('owner', 'GET /api/policies')) as PolicyLine[]
    expect(first).toMatchObject({ table: 'weather', alias: false })
    expect(policies).toEqual([
      { table: await idOf('read-decided'), alias: true, label: INTERNAL, version: 1, grants: 1, rows: 0, masks: 0 },
    ])
    expect(await codes(NAME)).toEqual(Array(5).fill('not-found'))
    expect(await codes('nowhere')).toEqual(Array(5).fill('not-found'))
  })

  test('who is not cleared is not told of it by a request that was made while it was shown', async () => {
    const request = {
      id: 'r_00000001',
      person: 'p_demo-colleague',
      notebook: 'n_00000001',
      table: NAME,
      policy: 1,
      words: '',
      at: 1,
    }
    await gateway.deps.desk.store.requests.ask(request, { open: 9, made: 9, since: 0 })
    await gateway.deps.desk.store.governance.changeTable({ ...made, hidden: false }, edit)
    expect(await asked('owner', 'GET /api/requests')).toMatchObject([{ table: NAME }])
    await gateway.deps.desk.store.governance.changeTable(made, edit)
    expect(await asked('owner', 'GET /api/requests')).toEqual([])
  })

  test('who is cleared makes its rules', async () => {
    await clear('owner', INTERNAL)
    expect(await asked('owner', 'GET /api/policies')).toMatchObject([{ table: NAME, alias: false }])
    expect((await answers(NAME))[0]).toMatchObject({ table: { name: NAME } })
  })
})
