// What kernels write, decided by the real store's policies and done by the real data plane. Numbers as in docs/governance.md.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import { type Frame, type Said, WritingHouse } from './testing/writing.ts'

const AIRLINES = 'airlines' // carrier, name
const AUTHORITIES = 'compliance_authorities'
const text = (...values: readonly (string | null)[]) => ({ type: 'text', values }) as const
const airline = (carrier: string, name: string): Frame => ({ carrier: text(carrier), name: text(name) })
const PII = { level: 'confidential', markings: ['PII'] }
const INTERNAL = { level: 'internal', markings: [] }

const grant = (
  person: string,
  right: 'managed-table:read' | 'managed-table:write',
  rows: Policy['grants'][number]['rows'] = null,
) =>
  ({ id: `${person}-${right.slice(-4)}`, to: { who: 'person', person: `p_demo-${person}` }, right, rows, expires: null }) as const
const both = (person: string, rows: Policy['grants'][number]['rows'] = null) => [
  grant(person, 'managed-table:read', rows),
  grant(person, 'managed-table:write'),
]
const carriers = (...among: readonly string[]) =>
  ({ op: 'in', term: { column: 'carrier' }, among: among.map((value) => ({ type: 'text' as const, value })) }) as const

const house = new WritingHouse()
const before: Record<string, Policy> = {}
beforeAll(() => house.start(), 60_000)
afterAll(() => house.end())
beforeEach(async () => {
  for (const table of [AIRLINES, AUTHORITIES]) before[table] = (await house.store.governance.policy(table)).policy
})
afterEach(async () => {
  for (const [table, policy] of Object.entries(before)) await house.rule(table, policy)
  for (const person of ['analyst', 'colleague', 'owner']) await house.store.governance.dropLabel(`k_test-${person}`)
})
const code = (said: Said) => said.error?.code ?? said.ok
const unlike = (said: Said, name: string) => JSON.stringify({ ...said.error, id: '' }).replaceAll(name, '…')

describe('append', () => {
  test('adds the rows and says how many; before and after stand on record, without a value', async () => {
    await house.rule(AIRLINES, { grants: both('analyst'), rows: [], masks: [] })
    const rows = await house.rows(AIRLINES)
    const said = await house.write('analyst', { table: AIRLINES, mode: 'append', frame: airline('ZZ', 'Zebra Air') })
    expect(said).toEqual({ ok: { state: 'written', table: AIRLINES, rows: 1 } })
    expect(await house.rows(AIRLINES)).toEqual([...rows, ['ZZ', 'Zebra Air']])
    const [decided, done] = await house.record(2)
    expect(decided).toMatchObject({
      kind: 'write-decided',
      person: 'p_demo-analyst',
      kernel: 'k_test-analyst',
      mode: 'append',
      table: AIRLINES,
      decision: { allowed: true, columns: ['carrier', 'name'], rules: ['analyst-rite'], label: INTERNAL },
    })
    expect(done).toMatchObject({ kind: 'write-done', table: AIRLINES, rows: 1, end: 'complete' })
    expect(JSON.stringify([decided, done])).not.toContain('Zebra')
    expect(await house.store.audit.verify()).toMatchObject({ ok: true })
  })

  test('what does not fit is one sentence that names every column', async () => {
    await house.rule(AIRLINES, { grants: both('analyst'), rows: [], masks: [] })
    const frame = { carrier: { type: 'integer', values: [1] }, nome: text('x') } as const
    const { error } = await house.write('analyst', { table: AIRLINES, mode: 'append', frame })
    expect(error.code).toBe('write-schema')
    expect(error.message).toBe(
      'This does not fit “airlines”: it lacks “name”; the table has no “nome” for you; “carrier” is integer and shall be text. Its owner is Owner.',
    )
    expect((await house.record(1))[0]).toMatchObject({ decision: { allowed: false, why: 'schema' } })
  })

  test('asked twice it is one plan, and happens once; an id of another write is none', async () => {
    await house.rule(AIRLINES, { grants: both('analyst'), rows: [], masks: [] })
    const rows = (await house.rows(AIRLINES)).length
    const frame = airline('YY', 'Twice')
    const { asked, ask } = house.order({ table: AIRLINES, mode: 'append', frame })
    const [one, two] = [await house.ask('analyst', 'tables.write', ask), await house.ask('analyst', 'tables.write', ask)]
    expect(two).toEqual(one)
    expect(await house.hand('analyst', one.ok, frame)).toBe('{}')
    expect(await house.door('analyst', one.ok.plan)).toBe('{"error": "unknown-plan"}')
    const written = { ok: { state: 'written', table: AIRLINES, rows: 1 } }
    for (const _ of [1, 2]) expect(await house.ask('analyst', 'tables.written', asked)).toEqual(written)
    expect(code(await house.ask('analyst', 'tables.write', { ...ask, mode: 'replace' }))).toBe('bad-question')
    expect(code(await house.ask('colleague', 'tables.written', asked))).toBe('write-cut')
    await house.gateway() // it remembers nothing; the data plane does
    expect(await house.ask('analyst', 'tables.written', asked)).toEqual(written)
    const again = await house.ask('analyst', 'tables.write', ask)
    expect(await house.hand('analyst', again.ok, frame)).toBe('{}')
    expect(await house.ask('analyst', 'tables.written', asked)).toEqual(written)
    expect(await house.rows(AIRLINES)).toHaveLength(rows + 1)
  })
})

/** All columns of the authorities, by what a member of the demo sees plainly. */
async function plain(person: string): Promise<Frame> {
  const { ok } = await house.ask(person, 'tables.describe', { table: AUTHORITIES })
  const names: string[] = ok.columns.filter(({ masked }: Said) => masked === null).map(({ name }: Said) => name)
  return Object.fromEntries(names.map((name) => [name, { type: 'text', values: [name === 'country' ? 'DE' : 'new'] }] as const))
}
const writer = async (person: string) => {
  const policy = before[AUTHORITIES] as Policy
  await house.rule(AUTHORITIES, { ...policy, grants: [...policy.grants, grant(person, 'managed-table:write')] })
}

test('two of one person are under way at once; the next is told so, and comes after', async () => {
  await house.rule(AIRLINES, { grants: both('analyst'), rows: [], masks: [] })
  const frames = ['W1', 'W2', 'W3'].map((carrier) => airline(carrier, 'Waits'))
  const orders = frames.map((frame) => house.order({ table: AIRLINES, mode: 'append', frame }))
  const planned = await Promise.all(orders.map(({ ask }) => house.ask('analyst', 'tables.write', ask)))
  expect(planned.map((said) => (said.error ? code(said) : 'planned'))).toEqual(['planned', 'planned', 'write-busy'])
  for (const [at, { asked }] of orders.slice(0, 2).entries()) {
    await house.hand('analyst', planned[at].ok, frames[at] ?? {})
    expect((await house.ask('analyst', 'tables.written', asked)).ok).toMatchObject({ state: 'written' })
  }
  expect(
    (await house.write('analyst', { table: AIRLINES, mode: 'append', frame: airline('W3', 'Came after') })).ok,
  ).toMatchObject({ state: 'written' })
})

describe('26: what is masked for the writer', () => {
  test('is never written back; left out, the rest is appended and the masked columns are null', async () => {
    await writer('colleague')
    const rows = await house.rows(AUTHORITIES)
    const frame = await plain('colleague')
    const back = { ...frame, email: text('***') }
    const { error } = await house.write('colleague', { table: AUTHORITIES, mode: 'append', frame: back })
    expect(error).toMatchObject({
      code: 'write-masked',
      message: expect.stringMatching(/“email” of “compliance_authorities”.*Owner/),
    })
    expect(await house.rows(AUTHORITIES)).toEqual(rows)
    expect((await house.record(1))[0]).toMatchObject({ decision: { allowed: false, why: 'masked' } })
    const said = await house.write('colleague', { table: AUTHORITIES, mode: 'append', frame })
    expect(said.ok).toMatchObject({ rows: 1 })
    expect(await house.rows(AUTHORITIES, 'email, phone, address')).toContainEqual([null, null, null])
  })

  test('is not lost by a replacement: it is refused while any column is masked', async () => {
    await writer('colleague')
    const rows = await house.rows(AUTHORITIES)
    const { error } = await house.write('colleague', { table: AUTHORITIES, mode: 'replace', frame: await plain('colleague') })
    expect(error).toMatchObject({ code: 'replace-masked', message: expect.stringContaining('Owner') })
    expect(await house.rows(AUTHORITIES)).toEqual(rows)
  })
})

describe('27: rows outside of the writer’s filter', () => {
  test('are not appended, and with them none of the others', async () => {
    await writer('colleague')
    const rows = await house.rows(AUTHORITIES)
    const frame = Object.fromEntries(
      Object.entries(await plain('colleague')).map(([name]) => [
        name,
        name === 'country' ? text('DE', 'FR', null) : text('a', 'b', 'c'),
      ]),
    )
    const { error } = await house.write('colleague', { table: AUTHORITIES, mode: 'append', frame })
    expect(error).toMatchObject({ code: 'write-outside', message: expect.stringContaining('Owner') })
    expect(await house.rows(AUTHORITIES)).toEqual(rows)
    expect((await house.record(1))[0]).toMatchObject({ kind: 'write-done', rows: 0, end: 'refused' })
  })

  test('are not touched by a replacement, and the count is of one’s own rows', async () => {
    await house.rule(AIRLINES, { grants: both('colleague', carriers('AA', 'UA', 'XX')), rows: [], masks: [] })
    const others = (await house.rows(AIRLINES)).filter(([carrier]) => !['AA', 'UA'].includes(String(carrier)))
    const frame = { carrier: text('XX'), name: text('New') }
    const said = await house.write('colleague', { table: AIRLINES, mode: 'replace', frame })
    expect(said).toEqual({ ok: { state: 'written', table: AIRLINES, rows: 1 } })
    expect(await house.rows(AIRLINES)).toEqual([...others, ['XX', 'New']].sort())
    const outside = await house.write('colleague', { table: AIRLINES, mode: 'replace', frame: airline('ZZ', 'Not mine') })
    expect(code(outside)).toBe('write-outside')
    expect(await house.rows(AIRLINES)).toEqual([...others, ['XX', 'New']].sort())
  })
})

test('28: a conflict with a row that one does not see is told as any other, without a value', async () => {
  await house.rule(AIRLINES, { grants: both('colleague', carriers('ZZ', 'B6')), rows: [], masks: [] })
  await house.unique(AIRLINES, 'carrier')
  const rows = await house.rows(AIRLINES)
  const { error } = await house.write('colleague', { table: AIRLINES, mode: 'append', frame: airline('B6', 'Again') })
  expect(error).toMatchObject({ code: 'write-conflict' })
  expect(error.message).not.toMatch(/B6|Again/) // its id may hold any letters
  expect(await house.rows(AIRLINES)).toEqual(rows)
})

describe('29: without a grant', () => {
  test('nothing is written, it is said who owns the table, and it is on record', async () => {
    const rows = await house.rows(AIRLINES)
    for (const mode of ['append', 'replace'] as const) {
      const { error } = await house.write('colleague', { table: AIRLINES, mode, frame: airline('ZZ', 'No') })
      expect(error).toMatchObject({ code: 'write-ungranted', message: expect.stringMatching(/“airlines”.*Owner/) })
      expect((await house.record(1))[0]).toMatchObject({
        kind: 'write-decided',
        table: AIRLINES,
        decision: { allowed: false, why: 'unwritable' },
      })
    }
    expect(await house.rows(AIRLINES)).toEqual(rows)
  })

  test('a hidden table and one that there is not are told alike', async () => {
    const made = await house.write('analyst', { table: 'secretly', mode: 'create', frame: { a: text('x') } })
    const hidden = await house.write('colleague', { table: made.ok.table, mode: 'append', frame: { a: text('x') } })
    const unknown = await house.write('colleague', { table: 'nowhere', mode: 'append', frame: { a: text('x') } })
    expect(unlike(hidden, made.ok.table)).toBe(unlike(unknown, 'nowhere'))
    expect(code(hidden)).toBe('table-absent')
  })

  test('a reader’s kernel may not, whatever grants its person has', async () => {
    const { asked, ask } = house.order({ table: AUTHORITIES, mode: 'append', frame: { country: text('DE') } })
    const refused = await house.ask('analyst', 'tables.write', ask, 'run')
    expect(code(refused)).toBe('readers')
    expect(refused.error.message).toBe(
      `Who reads a notebook changes nothing from it, so tables.write of “${AUTHORITIES}” was refused. Ask its author to share it with you for editing.`,
    )
    expect(code(await house.ask('analyst', 'tables.written', asked, 'run'))).toBe('readers')
  })

  test('taken away while it is handed over, it is refused at the end', async () => {
    await house.rule(AIRLINES, { grants: both('analyst'), rows: [], masks: [] })
    const frame = airline('QQ', 'Late')
    const { asked, ask } = house.order({ table: AIRLINES, mode: 'append', frame })
    const { ok } = await house.ask('analyst', 'tables.write', ask)
    const edit = { by: 'p_demo-owner', at: Date.now(), reason: 'a test' }
    await house.store.governance.setPolicy(
      AIRLINES,
      { grants: [grant('analyst', 'managed-table:read')], rows: [], masks: [] },
      edit,
    )
    await house.hand('analyst', ok, frame)
    expect(code(await house.ask('analyst', 'tables.written', asked))).toBe('write-ungranted')
    expect(await house.rows(AIRLINES)).not.toContainEqual(['QQ', 'Late'])
  })
})

describe('30: what a kernel has read', () => {
  test('goes into no table that is classified below it', async () => {
    await house.read('analyst', AUTHORITIES, ['email'])
    const rows = await house.rows(AUTHORITIES)
    const { error } = await house.write('analyst', { table: AUTHORITIES, mode: 'append', frame: await plain('analyst') })
    expect(error).toMatchObject({
      code: 'write-label',
      message: expect.stringMatching(/“compliance_authorities”.*internal.*confidential PII.*Owner/),
    })
    expect(await house.rows(AUTHORITIES)).toEqual(rows)
    expect((await house.ask('analyst', 'tables.describe', { table: AUTHORITIES })).ok.writable).toBe(false)
  })

  test('counts until the rows are in the table: what it reads while it hands them over, too', async () => {
    const frame = await plain('analyst')
    expect((await house.ask('analyst', 'tables.describe', { table: AUTHORITIES })).ok.writable).toBe(true)
    const rows = await house.rows(AUTHORITIES)
    const { asked, ask } = house.order({ table: AUTHORITIES, mode: 'append', frame })
    const { ok } = await house.ask('analyst', 'tables.write', ask)
    await house.read('analyst', AUTHORITIES, ['email'])
    await house.hand('analyst', ok, frame)
    expect(code(await house.ask('analyst', 'tables.written', asked))).toBe('write-label')
    expect(await house.rows(AUTHORITIES)).toEqual(rows)
    expect((await house.record(1))[0]).toMatchObject({ kind: 'write-done', rows: 0, end: 'refused' })
  })

  test('labels the table that it makes', async () => {
    const made = await house.write('analyst', { table: 'low', mode: 'create', frame: { a: text('x') } })
    await house.read('analyst', AUTHORITIES, ['email'])
    const high = await house.write('analyst', { table: 'high', mode: 'create', frame: { a: text('x') } })
    const labels = await Promise.all([made, high].map(({ ok }) => house.store.governance.table(ok.table)))
    expect(labels.map((table) => table?.label)).toEqual([INTERNAL, PII])
    expect(labels[1]?.columns).toEqual([{ name: 'a', type: 'text', label: LOWEST, description: '' }])
  })
})

describe('create', () => {
  const listed = async (person: string) => (await house.ask(person, 'tables.list', {})).ok.tables.map(({ name }: Said) => name)

  test('makes a table in its maker’s own namespace, for its maker alone', async () => {
    const frame = {
      'a "b".c é': text('x', null),
      n: { type: 'integer', values: [1, 2] },
      day: { type: 'date', values: [0, null] },
    } as const
    const said = await house.write('analyst', { table: 'delays', mode: 'create', frame })
    expect(said).toEqual({ ok: { state: 'written', table: 'demo-analyst.delays', rows: 2 } })
    expect(await listed('analyst')).toContain('demo-analyst.delays')
    for (const person of ['owner', 'colleague', 'auditor']) {
      expect(await listed(person)).not.toContain('demo-analyst.delays')
      const [hidden, unknown] = [await house.read(person, 'demo-analyst.delays'), await house.read(person, 'demo-analyst.other')]
      expect(unlike(hidden, 'delays')).toBe(unlike(unknown, 'other'))
    }
    const { ok } = await house.ask('analyst', 'tables.describe', { table: 'demo-analyst.delays' })
    expect(ok).toMatchObject({ owner: 'Analyst', writable: true, filtered: false, label: INTERNAL })
    expect(ok.columns.map(({ type }: Said) => type)).toEqual(['text', 'integer', 'date'])
    const read = await house.read('analyst', 'demo-analyst.delays')
    expect(await house.door('analyst', read.ok.plan)).toBe('{"rows": 2}')
  })

  test('once; then it is appended to and replaced, whatever the case of its name', async () => {
    const order = (table: string, mode: 'create' | 'append' | 'replace', ...values: string[]) =>
      house.write('analyst', { table, mode, frame: { a: text(...values) } })
    expect((await order('mine', 'create', 'one')).ok.rows).toBe(1)
    expect(code(await order('MINE', 'create', 'two'))).toBe('table-taken')
    expect((await order('demo-analyst.mine', 'append', 'two')).ok.rows).toBe(1)
    expect(await house.rows('demo-analyst.mine')).toEqual([['one'], ['two']])
    expect((await order('demo-analyst.mine', 'replace', 'three')).ok.rows).toBe(1)
    expect(await house.rows('demo-analyst.mine')).toEqual([['three']])
  })

  test('is known with what it was made from, by that and by all that was written to it since', async () => {
    await house.read('analyst', 'flights', ['carrier'])
    const { ok } = await house.write('analyst', { table: 'sourced', mode: 'create', frame: { a: text('x') } })
    const made = async () => (await house.store.made.list()).find(({ table }) => table === ok.table)
    const version = async (table: string) => ({
      table,
      policy: (await house.store.governance.policy(table)).version,
      label: INTERNAL,
    })
    const born = {
      table: ok.table,
      kernel: 'k_test-analyst',
      notebook: 'n_00000001',
      maker: 'p_demo-analyst',
      at: expect.any(Number),
    }
    expect(await made()).toEqual({ ...born, inputs: { tables: [await version('flights')], library: null } })
    await house.read('analyst', ok.table)
    await house.read('analyst', 'weather', ['origin'])
    await house.write('analyst', { table: ok.table, mode: 'replace', frame: { a: text('y') } })
    expect((await made())?.inputs.tables).toEqual([await version('flights'), await version('weather')])
  })

  test('needs a grant on the workspace', async () => {
    const { error } = await house.write('colleague', { table: 'mine', mode: 'create', frame: { a: text('x') } })
    expect(error).toMatchObject({ code: 'create-ungranted', message: expect.stringMatching(/“demo-colleague.mine”.*Owner/) })
    expect((await house.record(1))[0]).toMatchObject({ table: null, decision: { allowed: false, why: 'unwritable' } })
  })

  test('of columns that no table can have is refused with their names', async () => {
    for (const frame of [{ a: text('x'), A: text('x') }, { a: { type: null, values: [null] } }] as const) {
      const { error } = await house.write('analyst', { table: 'odd', mode: 'create', frame })
      expect(error).toMatchObject({ code: 'write-schema', message: expect.stringMatching(/“[aA]”/) })
    }
  })

  test('cuts nobody’s reads', async () => {
    const { ok } = await house.read('colleague', 'weather', ['origin'])
    await house.write('analyst', { table: 'beside', mode: 'create', frame: { a: text('x') } })
    expect(await house.door('colleague', ok.plan)).toBe('{"rows": 26115}')
  })
})

describe('a side that goes', () => {
  test('the data plane: nothing is written, it is said, and the next write works', async () => {
    await house.rule(AIRLINES, { grants: both('analyst'), rows: [], masks: [] })
    const rows = (await house.rows(AIRLINES)).length
    const { asked, ask } = house.order({ table: AIRLINES, mode: 'append', frame: airline('K1', 'Killed') })
    await house.ask('analyst', 'tables.write', ask)
    await house.served.kill()
    await house.served.start()
    await expect
      .poll(async () => code(await house.ask('analyst', 'tables.written', asked)), { timeout: 10_000 })
      .toBe('write-cut')
    expect(await house.rows(AIRLINES)).toHaveLength(rows)
    const said = await house.write('analyst', { table: AIRLINES, mode: 'append', frame: airline('K2', 'After') })
    expect(said.ok).toMatchObject({ rows: 1 })
  })

  test('the gateway: what it answers of the write when it is back is what is in the table', async () => {
    await house.rule(AIRLINES, { grants: both('analyst'), rows: [], masks: [] })
    const rows = (await house.rows(AIRLINES)).length
    const frame = airline('K3', 'Killed')
    const { asked, ask } = house.order({ table: AIRLINES, mode: 'append', frame })
    const { ok } = await house.ask('analyst', 'tables.write', ask)
    await house.hand('analyst', ok, frame)
    await house.gateway()
    const happened = (await house.rows(AIRLINES)).length - rows
    const said = await house.ask('analyst', 'tables.written', asked)
    expect([happened, code(said)]).toEqual(
      happened === 1 ? [1, { state: 'written', table: AIRLINES, rows: 1 }] : [0, 'write-cut'],
    )
  })
})
