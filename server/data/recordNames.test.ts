// Any row of the record, any tables, any clearance: of names that a kernel made up and that are above it nothing is told. Rows are made from
// the schema, so a kind that holds a name somewhere cannot be forgotten here.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { ColumnName } from '#protocol/policy/expr.ts'
import { dominates, type Label, LEVELS } from '#protocol/policy/label.ts'
import { type Table, TableName } from '#protocol/policy/policy.ts'
import { lineage } from '../governance/lineage.ts'
import { naming } from '../policy/naming.ts'
import { isMade } from '../policy/release.ts'
import { AuditEntry } from '../seams/audit.ts'
import { canonical, chained, GENESIS } from '../seams/chain.ts'
import { tablesIn, told } from './recordNames.ts'
import { inWords } from './recordWords.ts'

const KEY = Buffer.alloc(32, 7)
const TABLES = ['anna.one4711', 'anna.two4711', 'contacts4711', 'gone4711']
const COLUMNS = ['col4711', 'other4711', 'lost4711']
const KINDS = AuditEntry.def.options.map((option) => option.def.shape.kind.def.values[0])

const label: fc.Arbitrary<Label> = fc.record({
  level: fc.constantFrom(...LEVELS),
  markings: fc.subarray(['EU', 'PII']),
})
const tableOf = (name: string): fc.Arbitrary<Table> =>
  fc.record({
    name: fc.constant(name),
    owner: fc.constant('p_anna'),
    description: fc.constant(''),
    hidden: fc.boolean(),
    label,
    columns: fc.tuple(...['col4711', 'other4711'].map((column) => columnOf(column))),
  })
const columnOf = (name: string): fc.Arbitrary<Table['columns'][number]> =>
  fc.record({ name: fc.constant(name), type: fc.constant('text'), label, description: fc.constant('') })
const tables = fc.tuple(...TABLES.slice(0, 3).map((name) => tableOf(name)))

const SAMPLES = [...'pnvktdarew'].map((letter) => `${letter}_${'0'.repeat(20)}`).concat('0'.repeat(64), 'flights', 'a', 'EU')

/** Anything that a schema takes; where it takes the name of a table or a column, one of these. */
function any(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (schema === TableName) return fc.constantFrom(...TABLES)
  if (schema === ColumnName) return fc.constantFrom(...COLUMNS)
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return fc.record(Object.fromEntries(Object.entries(def.shape).map(([key, one]) => [key, any(one)])))
    case 'array':
      return fc.array(any(def.element), { maxLength: 2 })
    case 'union':
      return fc.oneof(...def.options.map(any))
    case 'nullable':
      return fc.option(any(def.innerType))
    case 'readonly':
    case 'optional':
      return any(def.innerType)
    case 'literal':
      return fc.constantFrom(...def.values)
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries))
    case 'number':
      return fc.integer({ min: 1, max: 9 })
    case 'boolean':
      return fc.boolean()
    case 'string':
      return fc.constantFrom(...SAMPLES.filter((text) => z.safeParse(schema, text).success).slice(0, 3))
    default:
      throw new Error(`rows hold a ${def.type}: say here what one is`)
  }
}

const rows = fc
  .oneof(...AuditEntry.def.options.map((option) => any(option)))
  .filter((row): row is AuditEntry => AuditEntry.safeParse(row).success)
const rowOf = (entry: AuditEntry, seq = 1) => ({ ...chained(GENESIS, 1, canonical(entry)), seq, entry })
const named = (id: string) => ({ id, name: 'Anna' })

/** What of a row is not theirs to know, by the rule in words of its own. */
function above(entry: AuditEntry, all: readonly Table[], clearance: Label): string[] {
  const found = new Map(all.map((table) => [table.name, table]))
  const hidden = TABLES.filter((name) => {
    const table = found.get(name)
    return table === undefined || (isMade(table) && table.hidden && !dominates(clearance, table.label))
  })
  if (!('table' in entry) || entry.table === null) return hidden // columns of no table are a model's
  const table = found.get(entry.table)
  if (table && !isMade(table)) return hidden
  const theirs = table && dominates(clearance, table.label) ? table.columns.map(({ name }) => name) : []
  return [...hidden, ...COLUMNS.filter((name) => !theirs.includes(name))]
}

describe('a row of the record', () => {
  test('says no name above the clearance of who is told: as it is, in words, and as lineage', () => {
    fc.assert(
      fc.property(rows, tables, fc.integer({ min: 0, max: 3 }), label, (entry, all, there, clearance) => {
        const known = all.slice(0, there)
        const one = told(entry, naming(new Map(known.map((table) => [table.name, table])), clearance, KEY))
        expect(AuditEntry.parse(one)).toEqual(one)
        const text = JSON.stringify([one, inWords(one, named), lineage([rowOf(one)], 'workspace')])
        for (const name of above(entry, known, clearance)) expect(text).not.toContain(name)
      }),
      { numRuns: 3000 },
    )
  })

  test('says all else as it is', () => {
    const marked = { table: (name: string) => `${name}~`, column: (_: string, name: string) => `${name}~` }
    fc.assert(
      fc.property(rows, (entry) => {
        const text = JSON.stringify(told(entry, marked))
        expect(text.replaceAll('~', '')).toBe(JSON.stringify(entry))
        expect(tablesIn(entry).toSorted()).toEqual(TABLES.filter((name) => text.includes(`"${name}~"`)).toSorted())
      }),
      { numRuns: 1000 },
    )
  })

  test('of every kind is looked at', () => {
    const seen = new Set(fc.sample(rows, { numRuns: 5000, seed: 1 }).map(({ kind }) => kind))
    expect([...seen].sort()).toEqual([...KINDS].sort())
  })
})
