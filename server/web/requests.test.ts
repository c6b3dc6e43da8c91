// Requests for tables over HTTP: who is answered what, from the refusal of a kernel to the answer of the owner.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuditLine } from '#protocol/managed.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import { type Asking, type RequestCard, SIGHT_API, type Sight } from '#protocol/sight.ts'
import { specOf } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import type { AuditEntry } from '../seams/audit.ts'
import type { Store } from '../seams/store.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const OWNER = 'p_demo-owner'
const COLLEAGUE = 'p_demo-colleague'
const INTERNAL: Label = { level: 'internal', markings: [] }
const CLOSED: Policy = { grants: [], rows: [], masks: [] }
const grant = (person: string): Policy => ({
  ...CLOSED,
  grants: [{ id: 'asked', to: { who: 'person', person }, right: 'managed-table:read', rows: null, expires: null }],
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
const ROLES = ['owner', 'analyst', 'colleague', 'auditor', 'outsider'] as const
type Role = (typeof ROLES)[number]
const KERNELS: Readonly<Record<string, Role>> = { 'k_of-colleague': 'colleague', 'k_of-analyst': 'analyst' }

let gateway: TestGateway
let store: Store
let people: Record<Role, Client>
let time: number

beforeEach(async () => {
  time = 1_800_000_000_000
  const kernels = memoryKernels(() => time)
  gateway = await testGateway({ kernels, now: () => time })
  store = gateway.deps.desk.store
  const signed = await Promise.all(ROLES.map(async (role) => [role, await signIn(gateway, `demo-${role}`)] as const))
  people = Object.fromEntries(signed) as Record<Role, Client>
  for (const [id, role] of Object.entries(KERNELS)) await kernels.start(specOf({ id, person: `p_demo-${role}` }), '')
  for (const one of [table('closed'), table('secret', { hidden: true }), table('high', { label: INTERNAL })]) {
    await store.governance.addTable(one, 1)
    await store.governance.setPolicy(one.name, one.name === 'high' ? grant(COLLEAGUE) : CLOSED, { by: OWNER, at: 1, reason: 'x' })
  }
  await refused('closed', 'ungranted')
  await refused('secret', 'absent')
  await refused('high', 'clearance')
})
afterEach(() => stopGateway(gateway))

/** What the gateway writes when it refuses a kernel. */
async function refused(name: string, why: 'ungranted' | 'absent' | 'clearance', kernel = 'k_of-colleague') {
  const person = `p_demo-${KERNELS[kernel]}`
  const decision = { allowed: false, why } as const
  const entry = { kind: 'read-decided', person, notebook: 'n_00000001', version: null, kernel, table: name, decision } as const
  await store.audit.append(entry, time)
}

const ask = (name: string, words = '', who: Client = people.colleague, kernel = 'k_of-colleague') =>
  who.call(`POST /api/kernels/${kernel}/requests`, { table: name, words })
const open = async () => (await people.owner.call('GET /api/requests')).body as RequestCard[]
const seen = async (who: Client = people.colleague, kernel = 'k_of-colleague') =>
  (await who.call(`GET /api/kernels/${kernel}/sight`)).body as Sight
const asking = async (name: string): Promise<Asking | undefined> =>
  (await seen()).refused.find(({ ask }) => ask?.table === name)?.ask?.asking
const put = (policy: Policy, onto: number, more: object = {}, name = 'closed') =>
  people.owner.call(`PUT /api/policies/${name}`, { policy, onto, reason: 'a test', ...more })
const code = ({ body }: { body: unknown }) => (body as { code?: string }).code
const idOf = ({ body }: { body: unknown }) => (body as { id: string }).id
const rows = async (): Promise<AuditEntry[]> => (await store.audit.list({ limit: 50 })).map(({ entry }) => entry)

describe('who is answered', () => {
  const every = (status: number) => Object.fromEntries(ROLES.map((role) => [role, status]))
  const EXPECTED: Record<keyof typeof SIGHT_API, Record<string, number>> = {
    'GET /api/kernels/:kernel/sight': { ...every(404), colleague: 200 }, // whose kernel it is
    'POST /api/kernels/:kernel/requests': { ...every(404), colleague: 200 },
    'DELETE /api/requests/:request': { ...every(404), colleague: 200 }, // whose request it is
    'GET /api/requests': { ...every(404), owner: 200 },
    'POST /api/requests/:request/refusal': { ...every(404), owner: 200 },
  }
  const bodies: Partial<Record<keyof typeof SIGHT_API, unknown>> = {
    'POST /api/kernels/:kernel/requests': { table: 'closed', words: '' },
    'POST /api/requests/:request/refusal': { words: 'no' },
  }

  test.each(Object.keys(SIGHT_API) as (keyof typeof SIGHT_API)[])('%s', async (call) => {
    const id = call.includes(':request') ? idOf(await ask('closed')) : ''
    const concrete = call.replace(':kernel', 'k_of-colleague').replace(':request', id)
    const answers: [Role, number][] = []
    for (const role of ROLES) answers.push([role, (await people[role].call(concrete, bodies[call])).status])
    expect(Object.fromEntries(answers)).toEqual(EXPECTED[call])
  })
})

describe('a reader', () => {
  const CODE = 'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    READ\n    return\n'
  const [LITERAL, BUILT] = ['tables.read("closed")', 'tables.read("clo" + "sed")']

  /** A kernel of Colleague's that reads Analyst's notebook, and was refused what that notebook asked for. */
  async function reading(code: string): Promise<string> {
    const source = CODE.replace('READ', code)
    const { id } = (await people.analyst.call('POST /api/notebooks', { name: 'theirs', source })).body as { id: string }
    await people.analyst.call(`PUT /api/notebooks/${id}/shares`, { with: [COLLEAGUE], right: 'view', expires: null, onto: 0 })
    const body = { mode: 'auto', tab: 't_00000001', theme: 'light' }
    const { kernel } = (await people.colleague.call(`POST /api/notebooks/${id}/open`, body)).body as { kernel: string }
    const decision = { allowed: false, why: 'ungranted' } as const
    const where = { person: COLLEAGUE, notebook: id, version: null, kernel }
    await store.audit.append({ kind: 'read-decided', ...where, table: 'closed', decision }, time)
    return kernel
  }
  const offered = async (kernel: string) => (await seen(people.colleague, kernel)).refused.map(({ ask }) => ask?.table ?? null)

  test('is offered to ask for a table that stands in the source, and may', async () => {
    const kernel = await reading(LITERAL)
    expect(await offered(kernel)).toEqual(['closed'])
    expect((await ask('closed', '', people.colleague, kernel)).status).toBe(200)
  })

  test('is led to ask for none that its code put together', async () => {
    const kernel = await reading(BUILT)
    expect(await offered(kernel)).toEqual([null])
    const answer = await ask('closed', '', people.colleague, kernel)
    expect([answer.status, code(answer)]).toEqual([404, 'not-found'])
    expect(await open()).toEqual([])
  })
})

describe('a request', () => {
  test('is the owner’s to see: who, which table, since when, what for, why it is closed', async () => {
    expect(await asking('closed')).toEqual({ state: 'none' })
    const id = idOf(await ask('closed', '  <b>for</b> the report '))
    expect(await open()).toEqual([
      {
        id,
        person: { id: COLLEAGUE, name: 'Colleague' },
        table: 'closed',
        at: time,
        words: '<b>for</b> the report',
        closed: 'ungranted',
        why: 'No grant of this table is theirs.',
        state: 'pending',
      },
    ])
    expect(await asking('closed')).toEqual({ state: 'pending', id, at: time })
  })

  test('is of a table that this kernel was refused: a hidden one, an unknown one and any other are answered alike', async () => {
    await store.governance.addTable(table('unasked'), 1)
    const answers = await Promise.all(['secret', 'nowhere', 'unasked'].map((name) => ask(name)))
    const told = answers.map(({ status, body }) => ({ status, ...(body as object), id: '' }))
    expect(told).toEqual([told[0], told[0], told[0]])
    expect(told[0]?.status).toBe(404)
    const { refused: shown } = await seen()
    expect(shown.map((one) => one.ask?.table ?? null)).toEqual(['high', null, 'closed'])
    expect(JSON.stringify(shown)).not.toContain('secret')
    expect(await open()).toEqual([])
    expect((await ask('closed', '', people.analyst, 'k_of-analyst')).status).toBe(404) // it was another’s kernel that was refused
  })

  test('of a table that was hidden since is offered no more, and can be taken back', async () => {
    const id = idOf(await ask('closed'))
    const said = { details: { description: '', hidden: true, label: LOWEST, columns: {} }, onto: 1, reason: 'x' }
    await people.owner.call('PUT /api/tables/closed', said)
    expect(await asking('closed')).toBeUndefined()
    expect((await ask('closed')).status).toBe(404)
    expect(await open()).toMatchObject([{ id }])
    expect((await people.colleague.call(`DELETE /api/requests/${id}`)).status).toBe(200)
    expect(await open()).toEqual([])
  })

  test('is one, until it is taken back; its words are one line of plain text', async () => {
    const id = idOf(await ask('closed'))
    expect(code(await ask('closed', 'please'))).toBe('request-known')
    for (const words of ['x'.repeat(301), 'two\nlines', 'turned \u202e round', '\u0000'])
      expect((await ask('closed', words)).status).toBe(400)
    expect((await people.analyst.call(`DELETE /api/requests/${id}`)).status).toBe(404)
    expect((await people.colleague.call(`DELETE /api/requests/${id}`)).status).toBe(200)
    expect(await asking('closed')).toEqual({ state: 'none' })
    expect(code(await people.colleague.call(`DELETE /api/requests/${id}`))).toBe('request-ended')
    expect((await ask('closed', 'please')).status).toBe(200)
  })

  test('is bounded: so many open, so many a day', async () => {
    for (let number = 0; number <= 10; number += 1) {
      await store.governance.addTable(table(`t${number}`), 1)
      await refused(`t${number}`, 'ungranted')
    }
    const asked: string[] = []
    for (let number = 0; number < 10; number += 1) asked.push(idOf(await ask(`t${number}`)))
    expect(code(await ask('t10'))).toBe('too-many-asked')
    for (let number = 0; number < 20; number += 1) {
      await people.colleague.call(`DELETE /api/requests/${asked.at(-1)}`)
      asked.push(idOf(await ask('t9')))
    }
    await people.colleague.call(`DELETE /api/requests/${asked.at(-1)}`)
    expect(code(await ask('t9'))).toBe('too-many-asked')
    time += 86_400_001
    await refused('t9', 'ungranted')
    people.colleague = await signIn(gateway, 'demo-colleague')
    expect((await ask('t9')).status).toBe(200)
  })

  test('is on record, step by step, without a word of it', async () => {
    await ask('closed', 'because of the merger')
    const [{ id }] = (await open()) as [RequestCard]
    await people.owner.call(`POST /api/requests/${id}/refusal`, { words: 'the merger is off' })
    expect((await rows()).slice(0, 2)).toEqual([
      { kind: 'access-refused', person: OWNER, of: COLLEAGUE, table: 'closed', request: id },
      { kind: 'access-asked', person: COLLEAGUE, notebook: 'n_00000001', table: 'closed', request: id, policy: 1 },
    ])
    const { lines } = (await people.auditor.call('GET /api/audit?table=closed')).body as { lines: AuditLine[] }
    expect(lines.slice(0, 2).map(({ text }) => text)).toEqual(['Refused the request of Colleague', 'Asked its owner to read it'])
    expect(JSON.stringify(lines)).not.toContain('merger')
    expect(gateway.log.join()).not.toContain('merger')
  })
})

describe('an answer', () => {
  test('a refusal is read by who asked, and stands until the rules change', async () => {
    const id = idOf(await ask('closed'))
    const no = (words: string) => people.owner.call(`POST /api/requests/${id}/refusal`, { words })
    for (const words of ['', '  ']) expect((await no(words)).status).toBe(400)
    expect((await no('Ask the press office')).status).toBe(200)
    expect(await asking('closed')).toEqual({ state: 'refused', at: time, by: 'Owner', words: 'Ask the press office' })
    expect([code(await no('again')), code(await ask('closed'))]).toEqual(['request-ended', 'request-known'])
    expect(code(await put(grant(COLLEAGUE), 1, { answers: id }))).toBe('request-ended')
    await put(grant('p_demo-analyst'), 1)
    expect(await asking('closed')).toEqual({ state: 'none' })
    expect((await ask('closed')).status).toBe(200)
  })

  test('a grant is an edit of the rules: one version, the request with it, and the next read works', async () => {
    const id = idOf(await ask('closed'))
    expect(await put(grant(COLLEAGUE), 1, { answers: id })).toMatchObject({ status: 200, body: { version: 2 } })
    expect(await asking('closed')).toEqual({ state: 'granted', at: time, by: 'Owner' })
    expect(await open()).toEqual([])
    expect((await rows()).slice(0, 2)).toMatchObject([
      { kind: 'access-granted', of: COLLEAGUE, request: id },
      { kind: 'policy-changed', version: 2 },
    ])
    expect((await people.colleague.call('GET /api/tables/closed')).body).toMatchObject({ card: { access: { readable: true } } })
    await put(CLOSED, 2)
    expect(await asking('closed')).toEqual({ state: 'none' }) // it was taken back again
  })

  test('a grant that came too late, or opens nothing, changes nothing', async () => {
    const id = idOf(await ask('closed'))
    expect(code(await put(grant(COLLEAGUE), 7, { answers: id }))).toBe('stale-edit')
    const unmet = await put(grant('p_demo-analyst'), 1, { answers: id })
    expect([unmet.status, code(unmet)]).toEqual([422, 'request-unmet'])
    expect((unmet.body as { message: string }).message).toBe(
      'No grant of this table is theirs. Under these rules Colleague could still not read the table.',
    )
    await people.colleague.call(`DELETE /api/requests/${id}`)
    expect(code(await put(grant(COLLEAGUE), 1, { answers: id }))).toBe('request-ended')
    expect(code(await put(grant(COLLEAGUE), 1, { answers: 'r_nobody-asked' }))).toBe('request-ended')
    expect((await store.governance.policy('closed')).version).toBe(1)
  })

  test('a request of before another edit says so to both, and may be answered, or asked anew', async () => {
    const id = idOf(await ask('closed'))
    await put(grant('p_demo-analyst'), 1)
    expect(await asking('closed')).toEqual({ state: 'stale', id, at: time })
    expect(await open()).toMatchObject([{ id, state: 'stale' }])
    const anew = idOf(await ask('closed'))
    expect(await open()).toMatchObject([{ id: anew, state: 'pending' }])
    await put(CLOSED, 2)
    expect((await put(grant(COLLEAGUE), 3, { answers: anew })).status).toBe(200)
  })

  test('an edit that opens the table grants what was asked, whatever it is of', async () => {
    await ask('high')
    expect(await open()).toMatchObject([{ table: 'high', closed: 'clearance' }])
    const standing = { clearance: INTERNAL, groups: [], attributes: {} }
    await people.owner.call(`PUT /api/people/${COLLEAGUE}`, { standing, onto: 0, reason: 'promoted' })
    expect(await asking('high')).toMatchObject({ state: 'granted', by: 'Owner' })
    expect(await open()).toEqual([])
    await people.owner.call(`PUT /api/people/${COLLEAGUE}`, {
      standing: { ...standing, clearance: LOWEST },
      onto: 1,
      reason: 'x',
    })
    expect([await asking('high'), await open()]).toEqual([{ state: 'none' }, []])
  })
})
