// The shell's pages on managed data over HTTP: who is answered what, what an edit needs, and what it ends.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Call } from '#protocol/calls.ts'
import type { AuditLine, PersonCard, PolicyLine, Preview, TableCard } from '#protocol/managed.ts'
import { MANAGED_API } from '#protocol/managed.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import { written } from '../data/holding.ts'
import { specOf } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { decide } from '../policy/decide.ts'
import { understand } from '../policy/question.ts'
import { decided, done } from '../seams/audit.contract.ts'
import type { Governance } from '../seams/governance.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const OWNER = 'p_demo-owner'
const COLLEAGUE = 'p_demo-colleague'
const INTERNAL: Label = { level: 'internal', markings: [] }
const columns = [
  { name: 'country', type: 'text', label: LOWEST, description: 'Two letters' },
  { name: 'email', type: 'text', label: LOWEST, description: '' },
] as const
const table = (name: string, over: Partial<Table> = {}): Table => ({
  name,
  owner: OWNER,
  description: `All ${name}`,
  hidden: false,
  label: LOWEST,
  columns,
  ...over,
})
const OPEN: Policy = {
  grants: [{ id: 'all', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [],
  masks: [],
}
const CLOSED: Policy = { grants: [], rows: [], masks: [] }
const MASKED: Policy = {
  ...OPEN,
  masks: [{ id: 'm', bound: { all: 'below', label: INTERNAL }, column: 'email', mask: { kind: 'redact' }, label: LOWEST }],
}

const ROLES = ['owner', 'analyst', 'colleague', 'auditor', 'outsider'] as const
type Role = (typeof ROLES)[number]
let gateway: TestGateway
let governance: Governance
let kernels: ReturnType<typeof memoryKernels>
let people: Record<Role, Client>

beforeEach(async () => {
  kernels = memoryKernels(Date.now)
  gateway = await testGateway({ kernels })
  governance = gateway.deps.desk.store.governance
  const signed = await Promise.all(ROLES.map(async (role) => [role, await signIn(gateway, `demo-${role}`)] as const))
  people = Object.fromEntries(signed) as Record<Role, Client>
  const edit = { by: OWNER, at: 1, reason: 'a test' }
  for (const [name, policy] of [
    ['contacts', OPEN],
    ['closed', CLOSED],
    ['secret', CLOSED],
  ] as const) {
    await governance.addTable(table(name, { hidden: name === 'secret' }), 1)
    await governance.setPolicy(name, policy, edit)
  }
  await governance.setSubject('p_demo-analyst', { clearance: INTERNAL, groups: [], attributes: {} }, edit)
})
afterEach(() => stopGateway(gateway))

const put = (who: Client, policy: Policy, onto = 1, name = 'contacts') =>
  who.call(`PUT /api/policies/${name}`, { policy, onto, reason: 'a test asks' })
const code = ({ body }: { body: unknown }) => (body as { code?: string }).code

describe('who is answered', () => {
  const standing = { clearance: LOWEST, groups: [], attributes: {} }
  const bodies: Partial<Record<Call, unknown>> = {
    'PUT /api/tables/:table': { details: { description: '', hidden: false, label: LOWEST, columns: {} }, onto: 1, reason: 'x' },
    'PUT /api/tables/:table/release': { to: [], onto: 1, reason: 'x' },
    'POST /api/tables/:table/release/preview': { to: [] },
    'PUT /api/tables/:table/label': { label: LOWEST, onto: 1, reason: 'x' },
    'PUT /api/people/:person': { standing, onto: 0, reason: 'x' },
    'PUT /api/policies/:table': { policy: OPEN, onto: 1, reason: 'x' },
    'POST /api/policies/:table/preview': { policy: OPEN, as: { is: 'person', person: COLLEAGUE } },
  }
  const concrete = (call: string) => call.replace(':table', 'contacts').replace(':person', COLLEAGUE)
  const every = { owner: 200, analyst: 200, colleague: 200, auditor: 200, outsider: 200 }
  const members = { ...every, auditor: 404, outsider: 404 }
  const owners = { owner: 200, analyst: 404, colleague: 404, auditor: 404, outsider: 404 }
  const others = { ...owners, analyst: 403, colleague: 403 }
  const EXPECTED: Record<keyof typeof MANAGED_API, Record<Role, number>> = {
    'GET /api/tables': every, // to who sees none, an empty list
    'GET /api/tables/:table': members,
    'PUT /api/tables/:table': owners,
    'PUT /api/tables/:table/release': { ...others, owner: 403 }, // nobody made it here (released.test.ts)
    'POST /api/tables/:table/release/preview': { ...others, owner: 403 },
    'PUT /api/tables/:table/label': others,
    'GET /api/members': members,
    'GET /api/people': owners,
    'PUT /api/people/:person': owners,
    'GET /api/policies': owners,
    'GET /api/policies/:table': owners,
    'PUT /api/policies/:table': owners,
    'GET /api/policies/:table/versions': owners,
    'POST /api/policies/:table/preview': owners,
    'GET /api/audit': { ...every, outsider: 404 },
    'GET /api/audit/lineage': { owner: 404, analyst: 404, colleague: 404, auditor: 200, outsider: 404 },
    'GET /api/audit/chain': { owner: 404, analyst: 404, colleague: 404, auditor: 200, outsider: 404 },
  }

  test.each(Object.keys(MANAGED_API) as (keyof typeof MANAGED_API)[])('%s', async (call) => {
    const answers = await Promise.all(
      ROLES.map(async (role) => [role, (await people[role].call(concrete(call), bodies[call])).status] as const),
    )
    expect(Object.fromEntries(answers)).toEqual(EXPECTED[call])
  })

  test('who may not edit is answered alike for what there is and what there is not, and nothing is changed', async () => {
    const said = async (name: string) => {
      const { status, body } = await put(people.analyst, CLOSED, 1, name)
      const { code: refused, message } = body as { code: string; message: string }
      return { status, refused, message }
    }
    expect(await said('contacts')).toEqual(await said('nowhere'))
    expect((await governance.policy('contacts')).version).toBe(1)
  })
})

test('members are told who they are, without auditors and strangers', async () => {
  const { body } = await people.colleague.call('GET /api/members')
  expect((body as { name: string }[]).map(({ name }) => name)).toEqual(['Owner', 'Analyst', 'Colleague'])
})

describe('tables', () => {
  const cards = async (role: Role) => (await people[role].call('GET /api/tables')).body as TableCard[]

  test('each sees their own: what is masked, what is closed and whom to ask; what is hidden is not there', async () => {
    await put(people.owner, MASKED)
    expect(await cards('colleague')).toMatchObject([
      { name: 'closed', access: { readable: false, why: expect.stringContaining('Ask Owner') } },
      { name: 'contacts', owner: { name: 'Owner' }, access: { readable: true, columns: 2, masked: 1, filtered: false } },
    ])
    expect((await cards('analyst'))[1]).toMatchObject({ access: { masked: 0 } })
    expect([await cards('auditor'), await cards('outsider')]).toEqual([[], []])
    const page = await people.colleague.call('GET /api/tables/contacts')
    expect(page.body).toMatchObject({
      columns: [
        { name: 'country', masked: null, description: 'Two letters' },
        { name: 'email', masked: 'redact' },
      ],
      writable: false,
    })
  })

  test('a hidden table and one that there is not are told alike, the owner’s own reading too', async () => {
    for (const role of ['colleague', 'owner'] as const) {
      const [hidden, unknown] = await Promise.all(
        ['secret', 'nowhere'].map((name) => people[role].call(`GET /api/tables/${name}`)),
      )
      expect({ ...(hidden?.body as object), id: '' }).toEqual({ ...(unknown?.body as object), id: '' })
    }
  })

  test('a name with a slash, quotes and signs beyond ASCII is found by its address', async () => {
    const name = 'a/"b"; é 😀'
    await governance.addTable(table(name), 1)
    expect((await people.analyst.call(`GET /api/tables/${encodeURIComponent(name)}`)).status).toBe(200)
  })
})

describe('an edit', () => {
  test('is a version with who, when and why, and is on record', async () => {
    expect(await put(people.owner, MASKED)).toMatchObject({ status: 200, body: { version: 2 } })
    const [, line] = (await people.owner.call('GET /api/policies')).body as PolicyLine[]
    expect(line).toEqual({ table: 'contacts', alias: false, label: LOWEST, version: 2, grants: 1, rows: 0, masks: 1 })
    expect((await people.owner.call('GET /api/policies/contacts')).body).toMatchObject({
      policy: MASKED,
      version: 2,
      tableVersion: 1,
    })
    expect((await people.owner.call('GET /api/policies/contacts/versions')).body).toMatchObject([
      { version: 2, policy: MASKED, by: { name: 'Owner' }, reason: 'a test asks' },
      { version: 1, policy: OPEN, reason: 'a test' },
    ])
    const { lines } = (await people.auditor.call('GET /api/audit?table=contacts')).body as { lines: AuditLine[] }
    expect(lines[0]).toMatchObject({ text: 'Changed the policy', details: ['Version 2', 'Reason: a test asks'] })
  })

  test('made from another version than the newest is refused, and nothing is lost', async () => {
    await put(people.owner, MASKED)
    const late = await put(people.owner, CLOSED)
    expect([late.status, code(late)]).toEqual([409, 'stale-edit'])
    expect(await governance.policy('contacts')).toEqual({ policy: MASKED, version: 2 })
    const person = (onto: number) =>
      people.owner.call(`PUT /api/people/${COLLEAGUE}`, {
        standing: { clearance: INTERNAL, groups: ['germany'], attributes: { countries: ['DE'] } },
        onto,
        reason: 'new work',
      })
    expect(await person(0)).toMatchObject({ status: 200, body: { version: 1 } })
    expect(code(await person(0))).toBe('stale-edit')
    const cards = (await people.owner.call('GET /api/people')).body as PersonCard[]
    expect(cards.map(({ person: { name } }) => name)).toEqual(['Owner', 'Analyst', 'Colleague', 'Auditor'])
    expect(cards[2]).toMatchObject({ version: 1, standing: { groups: ['germany'] }, changed: { reason: 'new work' } })
  })

  test('needs a reason, rules that fit the table, and somebody who is here', async () => {
    const { owner } = people
    expect((await owner.call('PUT /api/policies/contacts', { policy: OPEN, onto: 1, reason: '' })).status).toBe(400)
    expect((await owner.call('PUT /api/policies/contacts', { policy: OPEN, onto: 1 })).status).toBe(400)
    const year = { ...MASKED, masks: MASKED.masks.map((rule) => ({ ...rule, mask: { kind: 'year' } as const })) }
    const unfit = await put(owner, year)
    expect([unfit.status, (unfit.body as { message: string }).message]).toEqual([
      422,
      'These rules do not fit the table: m: a year mask does not fit a column of text.',
    ])
    const standing = { clearance: LOWEST, groups: [], attributes: {} }
    for (const stranger of ['p_demo-outsider', 'p_nobody-here'])
      expect((await owner.call(`PUT /api/people/${stranger}`, { standing, onto: 0, reason: 'x' })).status).toBe(404)
    expect((await put(owner, OPEN, 0, 'nowhere')).status).toBe(404)
  })

  test('is looked at as somebody before it is made', async () => {
    const preview = async (policy: Policy, person: string) =>
      (await people.owner.call('POST /api/policies/contacts/preview', { policy, as: { is: 'person', person } })).body as Preview
    expect(await preview(MASKED, COLLEAGUE)).toMatchObject({ readable: true, columns: [{ masked: null }, { masked: 'redact' }] })
    expect(await preview(MASKED, 'p_demo-analyst')).toMatchObject({ columns: [{ masked: null }, { masked: null }] })
    expect(await preview(CLOSED, COLLEAGUE)).toEqual({ readable: false, why: 'No grant of this table is theirs.' })
    expect(await preview(OPEN, 'p_demo-outsider')).toMatchObject({ readable: false })
    expect((await governance.policy('contacts')).version).toBe(1)
  })

  test('is looked at as anybody of a clearance, and no more is told than its maker may know', async () => {
    const at = async (clearance: Label, groups: readonly string[], policy: Policy = MASKED) => {
      const as = { is: 'profile', clearance, groups }
      return (await people.owner.call('POST /api/policies/contacts/preview', { policy, as })).body as Preview
    }
    expect(await at(LOWEST, [])).toMatchObject({
      readable: true,
      filtered: false,
      columns: [{ masked: null }, { masked: 'redact' }],
    })
    expect(await at(INTERNAL, [])).toMatchObject({ columns: [{ masked: null }, { masked: null }] })
    const keep = { op: 'eq', left: { column: 'country' }, right: { attribute: 'country' } } as const
    const own = { ...OPEN, rows: [{ id: 'own', bound: { all: 'outside', group: 'all' }, keep }] } as const
    expect(await at(LOWEST, [], own)).toMatchObject({ readable: true, filtered: true })
    expect(await at(LOWEST, ['all'], own)).toMatchObject({ readable: true, filtered: false })
    const named = { ...OPEN, grants: [{ ...OPEN.grants[0], to: { who: 'person', person: COLLEAGUE } }] } as Policy
    expect(await at(INTERNAL, [], named)).toEqual({ readable: false, why: 'No grant of this table is theirs.' })
    const told = JSON.stringify(await at(INTERNAL, [], own))
    expect(Object.keys(JSON.parse(told)).sort()).toEqual(['columns', 'filtered', 'hidden', 'readable']) // and no row
    const both = { is: 'profile', clearance: LOWEST, groups: [], person: COLLEAGUE }
    expect((await people.owner.call('POST /api/policies/contacts/preview', { policy: OPEN, as: both })).status).toBe(400)
    const hidden = { policy: OPEN, as: { is: 'profile', clearance: LOWEST, groups: [] } }
    expect((await people.owner.call('POST /api/policies/nowhere/preview', hidden)).status).toBe(404)
  })

  /** A kernel of the colleague's that has read these columns of contacts. */
  async function holding(id: string, asked: readonly string[]): Promise<void> {
    await kernels.start(specOf({ id, person: COLLEAGUE }), '')
    const who = { person: COLLEAGUE, member: true, ...(await governance.subject(COLLEAGUE)) }
    const decision = decide(table('contacts'), (await governance.policy('contacts')).policy, who, Date.now())
    if (!decision.ok) throw new Error('the colleague may not read')
    const question = understand(decision.view, { columns: asked, where: null, limit: null })
    if (!question.ok) throw new Error('not understood')
    await governance.raise(id, LOWEST, written(decision.view, question.understood))
  }
  const phase = (kernel: string) => kernels.get(kernel)?.phase

  test('has ended each kernel that holds what it takes away when it is answered, and no other', async () => {
    await holding('k_holds-it', ['country', 'email'])
    await holding('k_holds-else', ['country'])
    await put(people.owner, MASKED)
    expect(phase('k_holds-it')).toMatchObject({ phase: 'exited', cause: 'withdrawn' })
    expect(phase('k_holds-else')).toMatchObject({ phase: 'starting' })
    await put(people.owner, CLOSED, 2)
    expect(phase('k_holds-else')).toMatchObject({ phase: 'exited', cause: 'withdrawn' })
  })

  test('of a table does the same: one that is classified higher, or hidden, is gone for who is not cleared', async () => {
    await holding('k_holds-it', ['country'])
    const secret: Label = { level: 'secret', markings: [] }
    const say = (over: object, onto: number) =>
      people.owner.call('PUT /api/tables/contacts', {
        details: { description: 'Whom to write to', hidden: false, label: LOWEST, columns: {}, ...over },
        onto,
        reason: 'a review',
      })
    expect(await say({ columns: { email: { label: secret, description: 'Personal' } } }, 1)).toMatchObject({
      body: { version: 2 },
    })
    expect(phase('k_holds-it')).toMatchObject({ phase: 'starting' })
    expect((await people.analyst.call('GET /api/tables/contacts')).body).toMatchObject({
      card: { description: 'Whom to write to' },
      columns: [{ name: 'country', description: 'Two letters' }],
    })
    await say({ label: secret, hidden: true }, 2)
    expect(phase('k_holds-it')).toMatchObject({ phase: 'exited', cause: 'withdrawn' })
    expect((await people.analyst.call('GET /api/tables/contacts')).status).toBe(404)
    expect(code(await say({}, 2))).toBe('stale-edit')
    expect(code(await say({ columns: { nothing: { label: LOWEST, description: '' } } }, 3))).toBe('stale-edit')
    expect((await governance.table('contacts'))?.columns).toMatchObject([{ type: 'text' }, { type: 'text', label: secret }])
  })

  test('of a person does the same', async () => {
    await put(people.owner, { ...OPEN, grants: [{ ...OPEN.grants[0], to: { who: 'group', group: 'germany' } }] } as Policy)
    const say = (groups: string[], onto: number) =>
      people.owner.call(`PUT /api/people/${COLLEAGUE}`, {
        standing: { clearance: LOWEST, groups, attributes: {} },
        onto,
        reason: 'work',
      })
    await say(['germany'], 0)
    await holding('k_holds-it', ['country'])
    await say([], 1)
    expect(phase('k_holds-it')).toMatchObject({ phase: 'exited', cause: 'withdrawn' })
  })
})

describe('the record', () => {
  const lines = async (role: Role, query = '') =>
    (await people[role].call(`GET /api/audit${query}`)).body as { lines: AuditLine[]; older: boolean }
  const deny = (person: string, name: string | null) =>
    gateway.deps.desk.store.audit.append(
      {
        kind: 'read-decided',
        person,
        notebook: 'n_00000001',
        version: null,
        kernel: 'k_00000001',
        table: name,
        decision: { allowed: false, why: 'absent' },
      },
      2,
    )

  test('auditors see all of it, the newest first, in pages and by person and table; others their own', async () => {
    for (let row = 0; row < 60; row += 1) await deny(COLLEAGUE, null)
    await deny('p_demo-analyst', 'contacts')
    const first = await lines('auditor')
    expect([first.lines.length, first.older, first.lines[0]?.person.name]).toEqual([50, true, 'Analyst'])
    const rest = await lines('auditor', `?before=${first.lines.at(-1)?.seq}`)
    expect([rest.lines.length, rest.older, rest.lines.at(-1)?.seq]).toEqual([18, false, 1])
    expect((await lines('auditor', '?table=contacts')).lines.map(({ text }) => text)).toEqual([
      'Read refused: there is no such table for them',
      'Changed the policy',
      'Added the table',
    ])
    expect((await lines('auditor', `?person=${OWNER}&table=secret`)).lines).toHaveLength(2)
    const own = await lines('colleague')
    expect(new Set(own.lines.map(({ person }) => person.id))).toEqual(new Set([COLLEAGUE]))
    expect((await lines('colleague', `?person=${OWNER}`)).lines).toEqual([])
    expect((await people.auditor.call('GET /api/audit?before=x')).status).toBe(400)
    expect((await people.auditor.call('GET /api/audit?more=1')).status).toBe(400)
  })

  test('is exported as lineage in parts: a run that began in an older one ends with what it read', async () => {
    const { audit } = gateway.deps.desk.store
    await governance.addTable(table('flights'), 1)
    const { seq } = await audit.append(decided({ person: OWNER }), 1)
    for (let more = 0; more < 1000; more++) await deny(OWNER, null)
    await audit.append(done(seq, { person: OWNER }), 3)
    type Part = { events: { eventType: string; run: { runId: string }; inputs: { name: string }[] }[]; older: number | null }
    const part = async (query = '') => (await people.auditor.call(`GET /api/audit/lineage${query}`)).body as Part
    const newest = await part()
    expect(newest.events).toMatchObject([{ eventType: 'COMPLETE', inputs: [{ name: 'flights' }] }])
    const before = await part(`?before=${newest.older}`)
    expect(before).toMatchObject({ events: [{ eventType: 'START', run: { runId: newest.events[0]?.run.runId } }], older: null })
  })

  test('tells nobody but an auditor that a table is hidden', async () => {
    await deny(COLLEAGUE, 'secret')
    expect((await lines('auditor')).lines[0]?.table).toBe('secret')
    expect((await lines('colleague')).lines[0]?.table).toBeNull()
    expect((await lines('colleague', '?table=secret')).lines).toEqual([])
  })

  test('says whether its chain holds', async () => {
    const rows = (await lines('auditor')).lines[0]?.seq
    expect((await people.auditor.call('GET /api/audit/chain')).body).toMatchObject({ holds: true, rows })
  })
})
