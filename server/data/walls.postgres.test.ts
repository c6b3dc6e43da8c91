// Rules that the server of the tables has of its own: a write is what was decided, or nothing.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { WriteMode } from '#protocol/library/writes.ts'
import { useDialect } from './testing/plane.ts'
import { type Frame, WritingHouse } from './testing/writing.ts'

useDialect('postgres')
const TABLE = 'airlines' // carrier, name
const MINE = ['AA', 'UA']
const house = new WritingHouse()
const undo: string[] = []
beforeAll(async () => {
  await house.start()
  const among = MINE.map((value) => ({ type: 'text', value }) as const)
  const rows = { op: 'in', term: { column: 'carrier' }, among } as const
  const to = { who: 'person', person: 'p_demo-colleague' } as const
  const rights = ['managed-table:read', 'managed-table:write'] as const
  const grants = rights.map((right) => ({ id: right.slice(-4), to, right, rows, expires: null }))
  await house.rule(TABLE, { grants, rows: [], masks: [] })
}, 60_000)
afterEach(() => {
  for (const sql of undo.splice(0)) house.served.own(sql)
})
afterAll(() => house.end())

const airline = (carrier: string, name = 'New'): Frame => ({
  carrier: { type: 'text', values: [carrier] },
  name: { type: 'text', values: [name] },
})

/** What became of it, where the rows stay as they were. */
async function refused(mode: WriteMode, frame: Frame): Promise<string> {
  const rows = await house.rows(TABLE)
  const said = await house.write('colleague', { table: TABLE, mode, frame })
  expect(await house.rows(TABLE)).toEqual(rows)
  return said.error.code
}

test('rows that it keeps from being replaced keep the others, too', async () => {
  house.served.own(`CREATE POLICY keeps ON airlines AS RESTRICTIVE FOR DELETE USING (carrier <> 'AA')`)
  undo.push('DROP POLICY keeps ON airlines')
  expect(await refused('replace', airline('UA'))).toBe('write-engine')
})

test('a table that it lets nobody write to is not replaced by nothing', async () => {
  house.served.own('DROP POLICY scrydon_write ON airlines')
  undo.push(`CREATE POLICY scrydon_write ON airlines TO plane USING ((SELECT current_setting('scrydon.write', true)) = 'open')`)
  const none: Frame = { carrier: { type: 'text', values: [] }, name: { type: 'text', values: [] } }
  for (const frame of [none, airline('UA')]) expect(await refused('replace', frame)).toBe('write-engine')
  expect(await refused('append', airline('UA'))).toBe('write-engine')
})

test('a row that it makes another of, as it is stored, is refused where it would not be the writer’s', async () => {
  house.served.own(
    `CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.carrier := 'ZZ'; RETURN NEW; END $$;
     CREATE TRIGGER other BEFORE INSERT ON airlines FOR EACH ROW EXECUTE FUNCTION other()`,
  )
  undo.push('DROP TRIGGER other ON airlines')
  expect(await refused('append', airline('UA'))).toBe('write-outside')
})

test('what a column of it cannot hold is said, without the value', async () => {
  house.served.own('ALTER TABLE airlines ALTER name TYPE varchar(40)')
  undo.push('ALTER TABLE airlines ALTER name TYPE text')
  expect(await refused('append', airline('UA', 'x'.repeat(41)))).toBe('write-unfit')
  const said = await house.write('colleague', { table: TABLE, mode: 'replace', frame: airline('UA', 'x'.repeat(40)) })
  expect(said).toEqual({ ok: { state: 'written', table: TABLE, rows: 1 } })
  expect((await house.rows(TABLE)).filter(([carrier]) => MINE.includes(String(carrier)))).toEqual([['UA', 'x'.repeat(40)]])
})
