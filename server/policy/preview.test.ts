// A preview against the two views that it is of: in a real engine, for any table, policy, person and profile.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dominates, LOWEST } from '#protocol/policy/label.ts'
import { maskedType } from '#protocol/policy/mask.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { columnsOf } from './condition.ts'
import { decide, type Seen, type View } from './decide.ts'
import { Dialect } from './dialect.ts'
import { evaluate, type Row, type Value } from './evaluate.ts'
import { masked } from './masking.ts'
import { clearanceOf, decideFor } from './preview.ts'
import { profiled } from './profile.ts'
import { Binding, viewSql } from './sql.ts'
import type { Subject } from './subject.ts'
import { COLUMNS, cleared, condition, generous, label, mask, policy, row, subject, table } from './testing/arbitrary.ts'
import { Engine } from './testing/engine.ts'
import { filling } from './testing/filling.ts'

const NOW = 10
const KEY = Buffer.alloc(32, 7)
const SECRET = { level: 'secret', markings: ['EU', 'LEGAL', 'PII'] } as const
const POSITION: Seen = { name: 'at', type: 'integer', stored: 'integer', mask: null, label: LOWEST }
const dialect = new Dialect('duckdb')
const profile: fc.Arbitrary<Profile> = fc.record({
  clearance: fc.oneof(label, fc.constant(SECRET)),
  groups: fc.subarray(['staff', 'legal']),
})
/** Columns that are masked in one way for those outside of one group, in another for those outside of the other. */
const quarrels: fc.Arbitrary<Policy['masks']> = fc
  .array(fc.record({ column: fc.constantFrom(...COLUMNS), masks: fc.tuple(mask, mask) }), { maxLength: 30 })
  .map((some) =>
    some
      .filter(({ column, masks }) => masks.every((one) => maskedType(one, column.type) !== null))
      .flatMap(({ column: { name: column }, masks: [one, other] }) => [
        { id: 'one', bound: { all: 'outside', group: 'staff' }, column, mask: one, label: LOWEST },
        { id: 'other', bound: { all: 'outside', group: 'legal' }, column, mask: other, label: LOWEST },
      ]),
  )
/** Rows that are left out for those outside of one group. */
const fewer: fc.Arbitrary<Policy['rows']> = fc.array(
  fc.record({
    id: fc.constant('fewer'),
    bound: fc.constantFrom('staff', 'legal').map((group) => ({ all: 'outside' as const, group })),
    keep: condition(false, 0),
  }),
  { maxLength: 1 },
)
const rules = fc
  .tuple(fc.oneof(policy, generous, generous), quarrels, fewer)
  .map(([some, masks, rows]): Policy => ({ ...some, rows: [...some.rows, ...rows], masks: [...some.masks, ...masks] }))
/** Most columns are anybody's, so that there is something to see. */
const tables: fc.Arbitrary<Table> = fc
  .tuple(table, fc.array(fc.nat(COLUMNS.length - 1), { minLength: 6, maxLength: COLUMNS.length }))
  .map(([made, open]) => ({
    ...made,
    label: LOWEST,
    columns: made.columns.map((column, at) => (open.includes(at) ? { ...column, label: LOWEST } : column)),
  }))

type Three = { readonly own: View; readonly theirs: View; readonly both: View }
/** Null: one of them sees nothing of it. */
function three(made: Table, policies: Policy, who: Subject, as: Profile): Three | null {
  const own = decide(made, policies, who, NOW)
  const theirs = decide(made, policies, profiled(policies, as), NOW)
  const both = decideFor(made, policies, who, as, NOW)
  if (both.ok && !(own.ok && theirs.ok)) throw new Error('it shows what is closed to one of them')
  return own.ok && theirs.ok && both.ok ? { own: own.view, theirs: theirs.view, both: both.view } : null
}

describe('in an engine', () => {
  let engine: Engine
  beforeAll(() => {
    engine = new Engine('duckdb')
  })
  afterAll(() => engine.end())

  /** What a view shows of t: by the row's position, its cells by name. */
  async function shown(view: View): Promise<Map<Value, Row>> {
    const binding = new Binding(dialect)
    const stored = { ...view, types: { ...view.types, at: 'integer' as const } }
    const sql = viewSql(stored, [POSITION, ...view.columns], 't', { dialect, key: KEY, binding })
    const rows = await engine.run({ sql, parameters: binding.parameters })
    const cells = (values: Value[]) => Object.fromEntries(view.columns.map(({ name }, at) => [name, values[at] ?? null]))
    return new Map(rows.map(([at, ...values]) => [at ?? null, cells(values)]))
  }

  test('cell by cell: never more than the person sees, and never more than the profile does', async () => {
    const counts = { cells: 0, masked: 0, conflicts: 0, less: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 8 }),
        tables,
        rules,
        subject,
        profile,
        async (rows, made, policies, who, as) => {
          const views = three(made, policies, who, as)
          if (views === null) return
          await engine.create(filling('t', rows, dialect))
          const [own, theirs, both] = [await shown(views.own), await shown(views.theirs), await shown(views.both)]
          expect([...both.keys()].sort()).toEqual([...own.keys()].filter((at) => theirs.has(at)).sort())
          counts.less += Number(both.size < own.size)
          for (const { name, label: counted } of views.both.columns) {
            expect(dominates(clearanceOf(who, as), counted)).toBe(true)
            const [mine, other] = [views.own, views.theirs].map(({ columns }) => columns.find((column) => column.name === name))
            if (!mine || !other) return expect.unreachable()
            for (const [at, cells] of both) {
              const [one, two] = [own.get(at)?.[name], theirs.get(at)?.[name]]
              const conflict = mine.mask !== null && other.mask !== null && !same(mine.mask, other.mask)
              expect(same(cells[name], conflict ? null : mine.mask === null ? two : one)).toBe(true)
              counts.cells += 1
              counts.conflicts += Number(conflict)
              counts.masked += Number((mine.mask === null) !== (other.mask === null))
            }
          }
        },
      ),
      { numRuns: 500 },
    )
    expect(Math.min(counts.cells, counts.masked, counts.conflicts, counts.less)).toBeGreaterThan(5)
  }, 240_000)

  test('whoever sees all of a table previews it as the profile sees it', async () => {
    let judged = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 8 }),
        tables,
        generous,
        cleared,
        profile,
        async (rows, made, policies, who, as) => {
          // Rules hold for those outside of the group that this person is in, or below this clearance.
          const others = (bound: Policy['rows'][number]['bound']) =>
            bound.all === 'below' ? bound : ({ all: 'outside', group: 'all' } as const)
          const bounded = (one: Policy): Policy => ({
            ...one,
            rows: one.rows.map((rule) => ({ ...rule, bound: others(rule.bound) })),
            masks: one.masks.map((rule) => ({ ...rule, bound: others(rule.bound) })),
          })
          const views = three(made, bounded(policies), { ...who, groups: ['all'] }, as)
          if (views === null) return expect(decide(made, bounded(policies), profiled(policies, as), NOW).ok).toBe(false)
          judged += Number(views.theirs.filtered)
          expect(views.own.filtered || views.own.columns.some(({ mask }) => mask !== null)).toBe(false)
          await engine.create(filling('t', rows, dialect))
          expect(await shown(views.both)).toEqual(await shown(views.theirs))
          expect(views.both.columns).toEqual(views.theirs.columns)
        },
      ),
      { numRuns: 200 },
    )
    expect(judged).toBeGreaterThan(10)
  }, 240_000)
})

const same = (one: unknown, other: unknown): boolean => Object.is(one, other) || text(one) === text(other)
const text = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one))

/** A copy that was filtered and masked by hand. */
const copy = (view: View, rows: readonly Row[]) =>
  rows.flatMap((values, at) =>
    evaluate(view.keep, values) === true
      ? [[at, ...view.columns.map(({ name, mask }) => (mask ? masked(mask, values[name] ?? null, KEY) : values[name]))].map(text)]
      : [],
  )

test('rows that look alike to the person look alike in every preview of theirs', () => {
  const counts = { judged: 0, unseen: 0, closed: 0 }
  const pairs = fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(pairs, tables, rules, subject, profile, (rows, made, policies, who, as) => {
      const own = decide(made, policies, who, NOW)
      const theirs = decide(made, policies, profiled(policies, as), NOW)
      if (!own.ok || !theirs.ok) return
      const plain = new Set(own.view.columns.flatMap(({ name, mask }) => (mask === null ? [name] : [])))
      const one = rows.map(([first]) => first)
      const other = rows.map(([first, second]) =>
        Object.fromEntries(COLUMNS.map(({ name }) => [name, (plain.has(name) ? first : second)[name] ?? null])),
      )
      if (text(copy(own.view, one)) !== text(copy(own.view, other))) return
      const decision = decideFor(made, policies, who, as, NOW)
      counts.unseen += Number(!columnsOf(theirs.view.keep).every((name) => plain.has(name)))
      counts.closed += Number(!decision.ok)
      if (!decision.ok) return
      counts.judged += 1
      expect(copy(decision.view, one)).toEqual(copy(decision.view, other))
    }),
    { numRuns: 4000 },
  )
  expect(Math.min(counts.judged, counts.unseen, counts.closed)).toBeGreaterThan(20)
})

describe('a table with a rule', () => {
  const made: Table = {
    name: 'pay',
    owner: 'p_theowner',
    description: '',
    hidden: false,
    label: LOWEST,
    columns: ['name', 'pay'].map((name) => ({ name, type: 'text', label: LOWEST, description: '' })),
  }
  const all = { id: 'all', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null } as const
  const staff = { all: 'outside', group: 'staff' } as const
  const low = { op: 'eq', left: { column: 'pay' }, right: { literal: { type: 'text', value: 'low' } } } as const
  const hidden = { id: 'm', bound: { all: 'everybody' }, column: 'pay', mask: { kind: 'redact' }, label: LOWEST } as const
  const who: Subject = { person: 'p_somebody', member: true, groups: ['staff'], attributes: {}, clearance: SECRET }
  const as: Profile = { clearance: LOWEST, groups: [] }

  test('over what the person sees masked is closed in the preview: it would tell who is paid low', () => {
    const rules: Policy = { grants: [all], rows: [{ id: 'r', bound: staff, keep: low }], masks: [hidden] }
    expect(decide(made, rules, who, NOW)).toMatchObject({ ok: true, view: { filtered: false } })
    expect(decide(made, rules, profiled(rules, as), NOW).ok).toBe(true)
    expect(decideFor(made, rules, who, as, NOW)).toEqual({ ok: false, why: 'policy' })
    expect(decideFor({ ...made, hidden: true }, rules, who, as, NOW)).toEqual({ ok: false, why: 'absent' })
  })

  test('that holds for the person too takes nothing more, and closes nothing', () => {
    const rules: Policy = { grants: [all], rows: [{ id: 'r', bound: { all: 'everybody' }, keep: low }], masks: [hidden] }
    expect(decideFor(made, rules, who, as, NOW)).toMatchObject({ ok: true, view: { filtered: true } })
  })

  test('a profile lends nothing: neither a grant nor a clearance nor a group', () => {
    const grant = { ...all, to: { who: 'group', group: 'legal' } } as const
    const rules: Policy = { grants: [grant], rows: [], masks: [] }
    const legal: Profile = { clearance: SECRET, groups: ['legal'] }
    expect(decide(made, rules, profiled(rules, legal), NOW).ok).toBe(true)
    expect(decideFor(made, rules, who, legal, NOW)).toEqual({ ok: false, why: 'ungranted' })
    expect(decideFor({ ...made, label: SECRET }, { ...rules, grants: [all] }, { ...who, clearance: LOWEST }, legal, NOW)).toEqual(
      {
        ok: false,
        why: 'clearance',
      },
    )
    expect(decideFor(made, { ...rules, grants: [all] }, who, undefined, NOW)).toEqual(
      decide(made, { ...rules, grants: [all] }, who, NOW),
    )
  })
})
