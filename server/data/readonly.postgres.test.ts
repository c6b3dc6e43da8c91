// A server that notebooks only read, since the data plane cannot sign in as the owner of its tables any more: whoever might write is told
// so before anything is handed over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useDialect } from './testing/plane.ts'
import { type Frame, WritingHouse } from './testing/writing.ts'

useDialect('postgres')
const TABLE = 'airlines'
const FRAME: Frame = { carrier: { type: 'text', values: ['ZZ'] }, name: { type: 'text', values: ['Zebra Air'] } }
const house = new WritingHouse()
beforeAll(async () => {
  await house.start()
  await house.served.kill()
  await house.served.start(false)
  await house.gateway()
  const to = { who: 'person', person: 'p_demo-analyst' } as const
  const grants = (['managed-table:read', 'managed-table:write'] as const).map((right) => ({
    id: right.slice(-4),
    to,
    right,
    rows: null,
    expires: null,
  }))
  await house.rule(TABLE, { grants, rows: [], masks: [] })
}, 60_000)
afterAll(() => house.end())

test('the canary stands behind the wall beside the tables, and is none of them', async () => {
  const asked = await house.plane.ask({ sql: 'SELECT count(*) FROM scrydon_canary', parameters: [] }, 10)
  expect(asked).toEqual({ type: 'rows', rows: [[2]] })
  expect(Object.keys((await house.plane.tables()) ?? {})).not.toContain('scrydon_canary')
})

test.each([
  ['append', TABLE, TABLE],
  ['replace', TABLE, TABLE],
  ['create', 'mine', 'demo-analyst.mine'],
] as const)('%s is refused with a sentence that says why and whom to ask', async (mode, table, named) => {
  const { error } = await house.ask('analyst', 'tables.write', house.order({ table, mode, frame: FRAME }).ask)
  expect(error.code).toBe('write-engine')
  expect(error.message).toContain(`lets notebooks only read there, so “${named}” was not written. Ask Owner`)
})

test('who may not write is told that first', async () => {
  const { error } = await house.ask('colleague', 'tables.write', house.order({ table: TABLE, mode: 'append', frame: FRAME }).ask)
  expect(error.code).toBe('table-ungranted')
})

test('no table says of itself that it can be written to', async () => {
  const { ok } = await house.ask('analyst', 'tables.describe', { table: TABLE })
  expect([ok.columns.length, ok.writable]).toEqual([2, false])
})

test('of a write that nobody knows it is said that it has not happened', async () => {
  const { asked } = house.order({ table: TABLE, mode: 'append', frame: FRAME })
  expect((await house.ask('analyst', 'tables.written', asked)).error.code).toBe('write-cut')
})
