// Tables, rows, people, conditions and masks for property tests.
import fc from 'fast-check'
import type { Expr, Term } from '#protocol/policy/expr.ts'
import { type Label, LEVELS } from '#protocol/policy/label.ts'
import { type Mask, maskedType } from '#protocol/policy/mask.ts'
import type { Audience, Bound, Column, Policy, Table } from '#protocol/policy/policy.ts'
import { COLUMN_TYPES, type ColumnType, type Literal } from '#protocol/policy/values.ts'
import type { Row, Value } from '../evaluate.ts'
import type { Subject } from '../subject.ts'

const WORDS = [
  '',
  'a',
  'b',
  'A',
  'ab',
  'Île',
  'é',
  'é',
  '😀',
  '￿',
  "o'brien",
  '"; drop',
  '12345678',
  '+49 30 1234567',
  'secret@authority.example',
]
export const text = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: 'binary', maxLength: 12 }).filter((word) => !word.includes('\0') && word.isWellFormed()),
)
const integer = fc.oneof(
  fc.constantFrom(0, 1, -1, 2013, 1e15, -1e15, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
  fc.integer({ min: -20, max: 20 }),
)
const stored64 = fc.oneof(
  integer.map(BigInt),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
)
const real = fc.oneof(
  fc.constantFrom(0, 0.5, 1e15, -1e15, 1e300, -1e300, Number.MIN_VALUE, -3 * Number.MIN_VALUE),
  fc.integer({ min: -200, max: 200 }).map((n) => n / 8 + 0),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
)
const day = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const moment = fc
  .tuple(day, fc.integer({ min: 0, max: 86_399 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([date, second, micro]) => {
    const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
    return `${date}T${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}.${String(micro).padStart(6, '0')}`
  })

export const literal: Record<ColumnType, fc.Arbitrary<Literal>> = {
  text: text.map((value) => ({ type: 'text', value })),
  integer: integer.map((value) => ({ type: 'integer', value })),
  real: real.map((value) => ({ type: 'real', value })),
  boolean: fc.boolean().map((value) => ({ type: 'boolean', value })),
  date: day.map((value) => ({ type: 'date', value })),
  timestamp: moment.map((value) => ({ type: 'timestamp', value })),
}
const stored: Record<ColumnType, fc.Arbitrary<Value>> = {
  text,
  integer: stored64,
  real: fc.oneof(real, fc.constantFrom(Number.NaN, Infinity, -Infinity, -0)),
  boolean: fc.boolean(),
  date: day,
  timestamp: moment,
}

/** Two columns of each type: t0, t1 … */
export const COLUMNS = COLUMN_TYPES.flatMap((type) => [0, 1].map((n) => ({ name: `${type} "${n}`, type })))
export const row: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(COLUMNS.map(({ name, type }) => [name, fc.option(stored[type], { freq: 4 })])),
)

const GROUPS = ['staff', 'legal'] as const
const ATTRIBUTES = ['country', 'unit'] as const
const columnOf = (type: ColumnType) =>
  fc.constantFrom(...COLUMNS.filter((column) => column.type === type)).map(({ name }) => ({ column: name }))
const kind = fc.constantFrom(...COLUMN_TYPES)

/** `personal`: with attributes and groups of the person, as a rule has them; a question has none. */
export function condition(personal: boolean, depth = 3): fc.Arbitrary<Expr> {
  const term = (type: ColumnType): fc.Arbitrary<Term> => {
    const plain = fc.oneof(
      columnOf(type),
      literal[type].map((value) => ({ literal: value })),
    )
    const attribute = fc.constantFrom(...ATTRIBUTES).map((name) => ({ attribute: name }))
    return personal && type === 'text' ? fc.oneof(plain, attribute) : plain
  }
  const compared = kind.chain((type) =>
    fc.record({ op: fc.constantFrom('eq' as const, 'lt' as const, 'le' as const), left: term(type), right: term(type) }),
  )
  const among = kind.chain((type) =>
    fc.record({ op: fc.constant('in' as const), term: columnOf(type), among: fc.array(literal[type], { maxLength: 4 }) }),
  )
  const absent = kind.chain((type) => fc.record({ op: fc.constant('isNull' as const), term: columnOf(type) }))
  const own = fc.record({
    op: fc.constant('in' as const),
    term: columnOf('text'),
    among: fc.constantFrom(...ATTRIBUTES).map((name) => ({ attribute: name })),
  })
  const group = fc.constantFrom(...GROUPS).map((name) => ({ op: 'inGroup' as const, group: name }))
  const leaf: fc.Arbitrary<Expr> = personal ? fc.oneof(compared, among, absent, own, group) : fc.oneof(compared, among, absent)
  if (depth === 0) return leaf
  const inner = condition(personal, depth - 1)
  return fc.oneof(
    leaf,
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), of: fc.array(inner, { maxLength: 3 }) }),
    inner.map((of) => ({ op: 'not' as const, of })),
  )
}

export const mask: fc.Arbitrary<Mask> = fc.oneof(
  fc.constantFrom<Mask>(
    { kind: 'null' },
    { kind: 'redact' },
    { kind: 'year' },
    { kind: 'hash' },
    { kind: 'first4' },
    { kind: 'last4' },
  ),
  kind.chain((type) => literal[type]).map((value): Mask => ({ kind: 'constant', value })),
  fc.constantFrom(1, 2, 4, 5, 1000, 1_000_000_000).map((size): Mask => ({ kind: 'bucket', size })),
  fc.record({
    kind: fc.constant('generalise' as const),
    to: fc.dictionary(text, text, { maxKeys: 4 }),
    otherwise: fc.option(text),
  }),
)

export const label: fc.Arbitrary<Label> = fc.record({
  level: fc.constantFrom(...LEVELS),
  markings: fc.subarray(['EU', 'PII', 'LEGAL']),
})

const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.constant<Audience>({ who: 'workspace' }),
  fc.constantFrom(...GROUPS).map((group): Audience => ({ who: 'group', group })),
  fc.constantFrom<Audience>({ who: 'person', person: 'p_somebody' }, { who: 'person', person: 'p_anybody' }),
)
const bound: fc.Arbitrary<Bound> = fc.oneof(
  fc.constant<Bound>({ all: 'everybody' }),
  label.map((value): Bound => ({ all: 'below', label: value })),
  fc.constantFrom(...GROUPS).map((group): Bound => ({ all: 'outside', group })),
)

export const subject: fc.Arbitrary<Subject> = fc.record({
  person: fc.constantFrom('p_somebody', 'p_anybody'),
  member: fc.constant(true),
  groups: fc.subarray([...GROUPS]),
  attributes: fc.dictionary(fc.constantFrom(...ATTRIBUTES), fc.array(text, { maxLength: 2 })),
  clearance: label,
})

const column = ({ name, type }: { name: string; type: ColumnType }): fc.Arbitrary<Column> =>
  label.map((value) => ({ name, type, label: value, description: '' }))

export const table: fc.Arbitrary<Table> = fc.record({
  name: fc.constant('t'),
  owner: fc.constant('p_theowner'),
  description: fc.constant(''),
  hidden: fc.boolean(),
  label,
  columns: fc.tuple(...COLUMNS.map(column)),
})

export const policy: fc.Arbitrary<Policy> = fc.record({
  grants: fc.array(
    fc.record({
      id: fc.constant('grant'),
      to: audience,
      right: fc.constantFrom('managed-table:read' as const, 'managed-table:write' as const),
      rows: fc.option(condition(true, 2)),
      expires: fc.option(fc.constantFrom(5, 50)),
    }),
    { maxLength: 4 },
  ),
  rows: fc.array(fc.record({ id: fc.constant('rows'), bound, keep: condition(true, 2) }), { maxLength: 2 }),
  masks: fc.array(
    fc
      .record({ id: fc.constant('mask'), bound, column: fc.constantFrom(...COLUMNS), mask, label })
      .filter((rule) => maskedType(rule.mask, rule.column.type) !== null)
      .map((rule) => ({ ...rule, column: rule.column.name })),
    { maxLength: 6 },
  ),
})

/** A policy that opens the table to everybody beside whatever else it says. */
export const generous: fc.Arbitrary<Policy> = policy.map((rules) => ({
  ...rules,
  grants: [{ id: 'all', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }, ...rules.grants],
}))

/** Cleared for everything. */
export const cleared: fc.Arbitrary<Subject> = subject.map((who) => ({
  ...who,
  clearance: { level: 'secret', markings: ['EU', 'LEGAL', 'PII'] },
}))
