// The compiler against its reference: what an engine answers to a compiled view is what the interpreter says, value by value.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SUMMARIES, type Summary } from '#protocol/library/tables.ts'
import { maskedType } from '#protocol/policy/mask.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import { DIALECTS } from '../seams/dataPlane.ts'
import { type Condition, closed } from './condition.ts'
import { decide, type Seen, type View } from './decide.ts'
import { Dialect } from './dialect.ts'
import { evaluate, order, type Row, type Value } from './evaluate.ts'
import { masked } from './masking.ts'
import { statement, understand } from './question.ts'
import { Binding, viewSql } from './sql.ts'
import { type Summed, summarise, summaryStatement } from './summary.ts'
import { COLUMNS, cleared, condition, generous, mask, policy, row, subject, table } from './testing/arbitrary.ts'
import { Engine } from './testing/engine.ts'
import { filling } from './testing/filling.ts'

const KEY = Buffer.alloc(32, 7)
const NOW = 10
const types = Object.fromEntries(COLUMNS.map(({ name, type }) => [name, type]))
let engine: Engine
let dialect: Dialect

function onEach(what: string, tests: () => void): void {
  describe.each(DIALECTS)(`${what}, on %s`, (name) => {
    beforeAll(() => {
      dialect = new Dialect(name)
      engine = new Engine(name)
    })
    afterAll(() => engine.end())
    tests()
  })
}

/** Fills the table t of the engine, with the position of each row first. */
const fill = (rows: readonly Row[]) => engine.create(filling('t', rows, dialect))

const viewOf = (columns: readonly Seen[], keep: Condition): View => ({
  table: 't',
  columns,
  types,
  keep,
  filtered: true,
  label: { level: 'public', markings: [] },
  because: [],
})
const POSITION: Seen = { name: 'at', type: 'integer', stored: 'integer', mask: null, label: { level: 'public', markings: [] } }

/** What the engine shows of t, in the order of its rows. */
async function shown(view: View, columns: readonly Seen[]): Promise<Value[][]> {
  const binding = new Binding(dialect)
  const stored = { ...view, types: { ...view.types, at: 'integer' as const } }
  const sql = viewSql(stored, [POSITION, ...columns], 't', { dialect, key: KEY, binding })
  const rows = await engine.run({ sql: `${sql} ORDER BY 1`, parameters: binding.parameters })
  return rows
}

/** The same over a copy that was filtered and masked by hand. */
function expected(rows: readonly Row[], view: View, columns: readonly Seen[]): Value[][] {
  return rows.flatMap((values, at) => {
    if (evaluate(view.keep, values) !== true) return []
    const value = ({ name, mask }: Seen) => (mask === null ? (values[name] ?? null) : masked(mask, values[name] ?? null, KEY))
    return [[BigInt(at), ...columns.map(value)]]
  })
}

const NOBODY = {
  person: 'p_nobodyhere',
  member: true,
  groups: [],
  attributes: {},
  clearance: { level: 'public', markings: [] },
} as const

onEach('a view', () => {
  test('a condition keeps the rows for which the interpreter says true', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.array(condition(false), { minLength: 6, maxLength: 6 }),
        async (rows, exprs) => {
          await fill(rows)
          for (const expr of exprs) {
            const view = viewOf([], closed(expr, NOBODY) as Condition)
            expect(await shown(view, [])).toEqual(expected(rows, view, []))
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a mask shows what the interpreter makes of each value', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.array(mask, { minLength: 8, maxLength: 8 }),
        async (rows, masks) => {
          await fill(rows)
          for (const one of masks) {
            const fits = COLUMNS.flatMap(({ name, type }) => seenAs(name, type, one) ?? [])
            const view = viewOf(fits, { op: 'and', of: [] })
            expect(await shown(view, fits)).toEqual(expected(rows, view, fits))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('for any policy and person: what is decided and compiled is what a copy masked by hand holds', async () => {
    let judged = 0
    const rules = fc.oneof(policy, generous)
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 10 }), table, rules, subject, async (rows, catalogued, policies, who) => {
        const decision = decide(catalogued, policies, who, NOW)
        if (!decision.ok) return
        judged += 1
        await fill(rows)
        const { view } = decision
        expect(await shown(view, view.columns)).toEqual(expected(rows, view, view.columns))
      }),
      { numRuns: 400 },
    )
    expect(judged).toBeGreaterThan(20)
  })
})

onEach('a question', () => {
  test('for any policy, person and question: rows that fit, of a copy masked by hand', async () => {
    let judged = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 10 }),
        table,
        generous,
        fc.oneof(subject, cleared),
        fc.array(condition(false), { minLength: 12, maxLength: 12 }),
        async (rows, catalogued, rules, who, wheres) => {
          const decision = decide(catalogued, rules, who, NOW)
          if (!decision.ok) return
          const { view } = decision
          await fill(rows)
          for (const where of wheres) {
            const answer = understand(view, { columns: null, where, limit: null })
            if (!answer.ok) continue
            judged += 1
            const { understood } = answer
            const copy = expected(rows, view, view.columns).map(([, ...values]) => values)
            const named = (values: Value[]): Row =>
              Object.fromEntries(view.columns.map(({ name }, at) => [name, values[at] ?? null]))
            const fits = copy.filter((values) => evaluate(understood.where as Condition, named(values)) === true)
            const found = await engine.run(statement(view, understood, 't', dialect, KEY))
            expect(sorted(found)).toEqual(sorted(fits))
          }
        },
      ),
      { numRuns: 150 },
    )
    expect(judged).toBeGreaterThan(200)
  })

  test('of one word for all values, where there are none, finds nothing', async () => {
    const [text] = COLUMNS.filter(({ type }) => type === 'text').map(({ name }) => name)
    if (text === undefined) return expect.unreachable()
    await fill([Object.fromEntries(COLUMNS.map(({ name }) => [name, null]))])
    const seen = seenAs(text, 'text', { kind: 'generalise', to: {}, otherwise: 'somewhere' })
    const view = viewOf(seen ? [seen] : [], { op: 'and', of: [] })
    const literal = { literal: { type: 'text', value: 'elsewhere' } } as const
    const answer = understand(view, { columns: null, where: { op: 'eq', left: { column: text }, right: literal }, limit: null })
    if (!answer.ok) return expect.unreachable()
    expect(await engine.run(statement(view, answer.understood, 't', dialect, KEY))).toEqual([])
  })
})

describe('tables that were not made here', () => {
  beforeAll(() => {
    engine = new Engine('postgres')
  })
  afterAll(() => engine.end())

  test('narrow columns are widened; days beyond the calendar are null', async () => {
    const make =
      'CREATE TABLE t ("small" SMALLINT, "int" INT, "single" REAL, "short" VARCHAR(3) COLLATE "en-x-icu", "on" DATE, "at" TIMESTAMP)'
    const rows = [
      "(-32768, -2147483648, 0.5, 'a', '0001-01-01', '9999-12-31 23:59:59.999999')",
      "(32767, 2147483647, NULL, 'B', '-infinity', 'infinity')",
      "(1, 1, 1, 'b', '0044-03-15 BC', '10000-01-01')",
    ]
    const statements = [make, `INSERT INTO t VALUES ${rows.join(', ')}`]
    await engine.create(statements.map((sql) => ({ sql, parameters: [] })))
    const stored = { small: 'integer', int: 'integer', single: 'real', short: 'text', on: 'date', at: 'timestamp' } as const
    const postgres = new Dialect('postgres')
    const bucket = { kind: 'bucket', size: 1_000_000_000 } as const
    const columns = Object.entries(stored).map(([name, type]) => ({ ...POSITION, name, type, stored: type }))
    const masks = columns.map((column) => ({ ...column, mask: column.stored === 'integer' ? bucket : null }))
    const keep = { op: 'lt', left: { column: 'short' }, right: { literal: { type: 'text', value: 'b' } } } as const
    const of = (seen: readonly Seen[], condition: Condition) => {
      const binding = new Binding(postgres)
      const view = { ...viewOf(seen, condition), types: stored }
      const sql = viewSql(view, seen, 't', { dialect: postgres, key: KEY, binding })
      return engine.run({ sql: `${sql} ORDER BY 4`, parameters: binding.parameters })
    }
    expect(await of(columns, { op: 'and', of: [] })).toEqual([
      [32767n, 2147483647n, null, 'B', null, null],
      [-32768n, -2147483648n, 0.5, 'a', '0001-01-01', '9999-12-31T23:59:59.999999'],
      [1n, 1n, 1, 'b', null, null],
    ])
    expect((await of(masks, keep)).map(([small, int]) => [small, int])).toEqual([
      [0n, 2_000_000_000n],
      [-1_000_000_000n, -3_000_000_000n],
    ])
  })
})

const sorted = (rows: Value[][]) => rows.map((values) => values.map(String).join('\u0000')).sort()

function seenAs(name: string, stored: ColumnType, one: Seen['mask'] & object): Seen | null {
  const type = maskedType(one, stored)
  return type && { ...POSITION, name, stored, type, mask: one }
}

onEach('a summary', () => {
  test('for any policy and person: what groups and sums of a copy masked by hand give', async () => {
    let judged = 0
    const finite = row.map((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tame(value)])))
    await fc.assert(
      fc.asyncProperty(
        fc.array(finite, { maxLength: 10 }),
        table,
        generous,
        cleared,
        questions,
        async (rows, catalogued, rules, who, asked) => {
          const decision = decide(catalogued, rules, who, NOW)
          if (!decision.ok) return
          const { view } = decision
          await fill(rows)
          for (const one of asked) {
            const answer = summarise(view, { ...one, order: [], limit: null })
            if (!answer.ok) continue
            judged += 1
            const copy = expected(rows, view, view.columns).map(([, ...values]) => values)
            const named = copy.map(
              (values): Row => Object.fromEntries(view.columns.map(({ name }, at) => [name, values[at] ?? null])),
            )
            const found = await engine.run(summaryStatement(view, answer.summed, 't', dialect, KEY))
            expect(sorted(found)).toEqual(sorted(summed(named, answer.summed)))
          }
        },
      ),
      { numRuns: 150 },
    )
    expect(judged).toBeGreaterThan(200)
  })
})

/** Small numbers, so that sums are exact and no group has two zeros. */
const tame = (value: Value): Value => {
  if (typeof value === 'bigint') return value % 1000n
  return typeof value === 'number' ? (Number.isFinite(value) ? Math.trunc(value % 1000) + 0 : 1) : value
}

const named = fc.constantFrom(...COLUMNS.map(({ name }) => name))
const questions = fc.array(
  fc.record({
    by: fc.uniqueArray(named, { maxLength: 2 }),
    summaries: fc
      .array(fc.record({ of: fc.constantFrom(...SUMMARIES), column: fc.option(named) }), { minLength: 1, maxLength: 3 })
      .map((some) => some.map((one, at) => ({ ...one, as: `as ${at}` }))),
    where: fc.option(condition(false, 1)),
  }),
  { minLength: 12, maxLength: 12 },
)

/** The reference: groups, then each summary over the values of its column that are there. */
function summed(rows: readonly Row[], asked: Summed): Value[][] {
  const fits = rows.filter((values) => asked.where === null || evaluate(asked.where, values) === true)
  const groups = new Map<string, Row[]>(asked.by.length === 0 ? [['', []]] : [])
  for (const values of fits) {
    const key = JSON.stringify(asked.by.map(({ name }) => String(values[name])))
    const at = asked.by.length === 0 ? '' : key
    groups.set(at, [...(groups.get(at) ?? []), values])
  }
  return [...groups.values()].map((group) => [
    ...asked.by.map(({ name }) => group[0]?.[name] ?? null),
    ...asked.parts.map(({ of, column }) =>
      reduced(of, column === null ? group.map(() => 1n) : group.flatMap((values) => values[column.name] ?? [])),
    ),
  ])
}

function reduced(of: Summary, values: readonly Exclude<Value, null>[]): Value {
  if (of === 'count') return BigInt(values.length)
  const [first, ...rest] = values
  if (first === undefined) return null
  const sum = () =>
    rest.reduce<number | bigint>(
      (one, other) => (typeof one === 'bigint' ? one + BigInt(other) : one + Number(other)),
      typeof first === 'bigint' ? first : Number(first),
    )
  if (of === 'sum') return sum()
  if (of === 'mean') return Number(sum()) / values.length
  const sign = of === 'min' ? 1 : -1
  return rest.reduce((one, other) => (order(one, other) * sign <= 0 ? one : other), first)
}
