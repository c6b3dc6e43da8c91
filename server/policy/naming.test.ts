import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Table } from '#protocol/policy/policy.ts'
import { masked } from './masking.ts'
import { isTableId, mayRule, meant, naming, tableId } from './naming.ts'

const KEY = Buffer.alloc(32, 7)
const INTERNAL: Label = { level: 'internal', markings: [] }
const SECRET: Label = { level: 'secret', markings: [] }
const made: Table = {
  name: 'anna.t4711',
  owner: 'p_anna',
  description: '',
  hidden: true,
  label: INTERNAL,
  columns: [
    { name: 'plain', type: 'text', label: LOWEST, description: '' },
    { name: 'c4711', type: 'text', label: SECRET, description: '' },
  ],
}
const brought: Table = { ...made, name: 'contacts', label: SECRET }
const named = (clearance: Label, ...tables: readonly Table[]) =>
  naming(new Map(tables.map((table) => [table.name, table])), clearance, KEY)

describe('the name of a table', () => {
  test('that a kernel made is told to who is cleared for the table, or to all where its owner shows it', () => {
    const told = (clearance: Label, table: Table) => named(clearance, table).table(table.name) === table.name
    expect([LOWEST, INTERNAL, SECRET].map((clearance) => told(clearance, made))).toEqual([false, true, true])
    expect(told(LOWEST, { ...made, hidden: false })).toBe(true)
    expect([LOWEST, INTERNAL].map((clearance) => mayRule({ ...made, hidden: false }, clearance))).toEqual([false, true])
  })
  test('that no kernel made is the operator’s, and told whatever it counts as', () => {
    const { table, column } = named(LOWEST, { ...brought, hidden: true })
    expect([table('contacts'), column('contacts', 'c4711')]).toEqual(['contacts', 'c4711'])
    expect(mayRule(brought, LOWEST)).toBe(true)
  })
  test('of which there is no table is told to nobody', () => {
    expect(isTableId(named(SECRET).table('anna.t4711'))).toBe(true)
    expect(named(SECRET).column('anna.t4711', 'plain')).toMatch(/^column_[0-9a-f]{16}$/)
  })
})

describe('an id', () => {
  test('is the same for the same name, another for another, and leads back to it', () => {
    const { table, column } = named(LOWEST, made)
    expect(table(made.name)).toBe(tableId(made.name, KEY))
    expect(table(made.name)).toMatch(/^table_[0-9a-f]{16}$/)
    expect(table('anna.t4712')).not.toBe(table(made.name))
    expect(column(made.name, 'c4711')).not.toBe(column('anna.other', 'c4711')) // so nobody compares by naming columns of their own
    expect(meant(table(made.name), ['anna.t4712', made.name], KEY)).toBe(made.name)
    expect(meant(table(made.name), ['anna.t4712'], KEY)).toBe(table(made.name))
    expect(meant('contacts', [made.name], KEY)).toBe('contacts')
  })
  test('stands for a column of a table above them, shown or not, and for one that it has not', () => {
    const told = (clearance: Label, table: Table) =>
      ['c4711', 'gone'].map((name) => named(clearance, table).column(table.name, name))
    const id = expect.stringMatching(/^column_[0-9a-f]{16}$/)
    expect(told(LOWEST, { ...made, hidden: false })).toEqual([id, id])
    expect(told(INTERNAL, made)).toEqual(['c4711', id])
  })
  test('is not made without the key, nor by a hash mask, which is of the same', () => {
    const id = tableId(made.name, KEY).slice('table_'.length)
    expect(tableId(made.name, Buffer.alloc(32, 8))).not.toBe(`table_${id}`)
    const shown = (text: string) => String(masked({ kind: 'hash' }, text, KEY))
    const texts = [
      made.name,
      JSON.stringify([made.name]),
      `\xff${JSON.stringify([made.name])}`,
      `\ufffd${JSON.stringify([made.name])}`,
    ]
    for (const text of texts) expect(shown(text).startsWith(id)).toBe(false)
    const same = createHmac('sha256', KEY).update(Buffer.concat([Buffer.of(0xff), Buffer.from(JSON.stringify([made.name]))]))
    expect(same.digest('hex').startsWith(id)).toBe(true) // of bytes that are no text
  })
  test('is no name that a kernel can give', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), (name) => !isTableId(`anna.${name}`)))
  })
})
