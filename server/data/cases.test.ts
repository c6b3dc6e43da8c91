// Adversarial cases of reading and keeping, with the real store, policies and data plane. Numbers as in docs/governance.md.
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { READ } from '#protocol/limits.ts'
import { demoIdentity } from '../identity/demo.ts'
import { Reads } from './reads.ts'
import { makeRuling } from './rule.ts'
import { Declined } from './ruling.ts'
import { type Frame, type Said, WritingHouse } from './testing/writing.ts'

const AUTHORITIES = 'compliance_authorities'
const INTERNAL = { level: 'internal', markings: [] }
const PERSONAL = { level: 'confidential', markings: ['PII'] }
const frame = { a: { type: 'integer', values: [1] } } as const satisfies Frame
const KERNEL = 'k_test-analyst'
const EDIT = { by: 'p_demo-owner', at: 1, reason: 'a test' }

const house = new WritingHouse()
beforeAll(() => house.start(), 60_000)
afterAll(() => house.end())
afterEach(async () => {
  for (const person of ['analyst', 'colleague', 'owner']) await house.store.governance.dropLabel(`k_test-${person}`)
})
const code = (said: Said) => said.error?.code
const create = (table: string, person = 'analyst') => house.write(person, { table, mode: 'create', frame })

/** All that a door sends of a plan; text stands in it as it is. */
function sent(person: string, plan: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(house.served.doorOf(`k_test-${person}`), () => socket.write(`${plan}\n`))
    const parts: Buffer[] = []
    socket.on('data', (part) => parts.push(part))
    socket.on('end', () => done(Buffer.concat(parts).toString('latin1')))
    socket.on('error', fail)
  })
}
const addresses = async () =>
  (await house.rows(AUTHORITIES, 'email')).flatMap(([mail]) => (typeof mail === 'string' && mail.includes('@') ? [mail] : []))
/** How many of the table's mail addresses stand in it. */
const shown = async (said: string) => (await addresses()).filter((mail) => said.includes(mail)).length
const mails = async (person: string) => sent(person, (await house.read(person, AUTHORITIES, ['country', 'email'])).ok.plan)

describe('8: what is said of a table', () => {
  test('holds no count, no bound and no estimate', async () => {
    const { ok } = await house.ask('colleague', 'tables.describe', { table: AUTHORITIES })
    expect(Object.keys(ok).sort()).toEqual(['columns', 'description', 'filtered', 'label', 'name', 'owner', 'writable'])
    expect(Object.keys(ok.columns[0]).sort()).toEqual(['description', 'masked', 'name', 'type'])
    for (const call of ['tables.stats', 'tables.explain', 'tables.count'])
      expect(code(await house.ask('colleague', call, {}))).toBe('not-a-call')
  })

  test('where it is asked for, is of what the person sees', async () => {
    const of = (as: string, of: string, column: string | null) => ({ as, of, column })
    const summaries = [of('rows', 'count', null), of('least', 'min', 'email'), of('most', 'max', 'email')]
    const { ok } = await house.ask('colleague', 'tables.query', {
      table: AUTHORITIES,
      by: [],
      summaries,
      where: null,
      order: [],
      limit: null,
    })
    const said = await sent('colleague', ok.plan)
    expect(said).toContain('***')
    expect(await shown(said)).toBe(0)
  })
})

test('9: a person reads so often, whatever kernel asks, and each read is on record; the next waits', async () => {
  const key = new Uint8Array(32)
  const reads = new Reads(makeRuling({ store: house.store, identity: demoIdentity(0), key, now: () => 1000 }), house.plane)
  const read = (person: string) =>
    reads.read(house.kernelOf(person), { table: 'nowhere', columns: null, where: null, limit: null }).then(
      () => 'read',
      (error: unknown) => (error instanceof Declined ? [error.code, error.filling.seconds] : error),
    )
  for (let count = 0; count < READ.burst; count += 1) expect(await read('analyst')).toEqual(['table-absent', undefined])
  const before = await house.record(READ.burst)
  expect(before.every(({ kind }) => kind === 'read-decided')).toBe(true)
  expect(await read('analyst')).toEqual(['read-often', '1'])
  expect(await house.record(READ.burst)).toEqual(before)
  expect(await read('colleague')).toEqual(['table-absent', undefined])
})

describe('10: a former version of a table', () => {
  test('is not asked for', async () => {
    for (const more of [{ version: 1 }, { at: 1 }, { snapshot: 'x' }]) {
      const body = { table: AUTHORITIES, columns: null, where: null, limit: null, ...more }
      expect(code(await house.ask('analyst', 'tables.read', body))).toBe('bad-question')
    }
    for (const name of [`${AUTHORITIES}@1`, `${AUTHORITIES} AT (VERSION => 1)`])
      expect(code(await house.read('analyst', name))).toBe('table-absent')
  })

  test('a column that the table has no more is not read, though the engine still holds it', async () => {
    const { governance } = house.store
    const table = await governance.table('planes')
    if (table === null) throw new Error('one of the demo')
    const columns = table.columns.filter(({ name }) => name !== 'seats')
    await governance.changeTable({ ...table, columns }, EDIT)
    house.plane.policy(await governance.epoch())
    expect(code(await house.read('analyst', 'planes', ['seats']))).toBe('column-absent')
    expect((await house.read('analyst', 'planes')).ok.columns.map(({ name }: Said) => name)).not.toContain('seats')
    await governance.changeTable(table, EDIT)
    house.plane.policy(await governance.epoch())
    expect((await house.read('analyst', 'planes', ['seats'])).ok.columns).toHaveLength(1)
  })
})

test('18: the same question of two people is two answers, in any order', async () => {
  const all = (await addresses()).length
  expect(all).toBeGreaterThan(20)
  for (const asked of [1, 2]) {
    expect([asked, await shown(await mails('analyst'))]).toEqual([asked, all])
    expect([asked, await shown(await mails('colleague'))]).toEqual([asked, 0])
  }
})

test.each([
  '/etc/passwd',
  'file:///etc/passwd',
  's3://bucket/rows.parquet',
  'http://127.0.0.1:1/rows.csv',
  "read_csv('/etc/passwd')",
  '../state.db',
  'information_schema.tables',
  'duckdb_tables()',
  `main.${AUTHORITIES}`,
  AUTHORITIES.toUpperCase(),
  `${AUTHORITIES}"; --`,
])('25: %s is the name of no table; of one that somebody makes it is a name', async (name) => {
  const { error } = await house.read('analyst', name)
  expect([error.code, error.message]).toEqual([
    'table-absent',
    `There is no table “${name}” for you. Ask Owner if there should be.`,
  ])
  const made = `demo-analyst.${name}`
  expect(await create(name)).toEqual({ ok: { state: 'written', table: made, rows: 1 } })
  expect(await house.door('analyst', (await house.read('analyst', made)).ok.plan)).toBe('{"rows": 1}')
  expect(code(await house.read('colleague', made))).toBe('table-absent')
})

describe('34: what a kernel has read', () => {
  const label = () => house.store.governance.label(KERNEL)

  test('counts whatever it reads, writes and is refused afterwards, in a new gateway too, until it has ended', async () => {
    await house.read('analyst', AUTHORITIES, ['email'])
    await house.read('analyst', 'flights', ['carrier'])
    await house.read('analyst', 'nowhere')
    expect(await label()).toEqual(PERSONAL)
    await house.gateway()
    expect(await label()).toEqual(PERSONAL)
    await create('after_contacts')
    expect(await house.store.governance.table('demo-analyst.after_contacts')).toMatchObject({ label: PERSONAL, hidden: true })
    await house.store.governance.dropLabel(KERNEL)
    await create('of_a_new_kernel')
    expect(await house.store.governance.table('demo-analyst.of_a_new_kernel')).toMatchObject({ label: INTERNAL })
  })

  test('stands with what it made and wrote to, each table at the version of its rules, with its label', async () => {
    const { governance, made } = house.store
    const versions = async (name: string) => (await governance.policy(name)).version
    const [authorities, flights] = [await versions(AUTHORITIES), await versions('flights')]
    await house.read('analyst', AUTHORITIES, ['email'])
    await create('copy')
    const contacts = { table: AUTHORITIES, policy: authorities, label: PERSONAL }
    expect((await made.find('demo-analyst.copy'))?.inputs).toEqual({ tables: [contacts], library: null })
    await governance.dropLabel(KERNEL)
    await house.read('analyst', AUTHORITIES, ['country'])
    await house.read('analyst', 'flights', ['carrier'])
    await house.write('analyst', { table: 'demo-analyst.copy', mode: 'append', frame })
    const more = [
      { ...contacts, label: INTERNAL },
      { table: 'flights', policy: flights, label: INTERNAL },
    ]
    expect((await made.find('demo-analyst.copy'))?.inputs.tables).toEqual(expect.arrayContaining([contacts, ...more]))
    expect((await made.find('demo-analyst.copy'))?.inputs.tables).toHaveLength(3)
  })
})
