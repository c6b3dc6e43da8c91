import { describe, expect, test } from 'vitest'
import type { Expr } from '#protocol/policy/expr.ts'
import { Expr as ExprSchema } from '#protocol/policy/expr.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import { Mask, maskedType, STRICTNESS } from '#protocol/policy/mask.ts'
import { type Column, faults, Policy } from '#protocol/policy/policy.ts'
import { COLUMN_TYPES } from '#protocol/policy/values.ts'
import {
  asked,
  blankLiteral,
  differences,
  exprOf,
  faultsOf,
  freshId,
  leafOf,
  mappingText,
  maskKinds,
  newGrant,
  newMask,
  newMaskRule,
  newRowRule,
  readLiteral,
  readLiterals,
  readMapping,
  TESTS,
  withReader,
  words,
} from './draft.ts'

const columns: readonly Column[] = COLUMN_TYPES.map((type) => ({ name: type, type, label: LOWEST, description: '' }))
const table = { name: 't', owner: 'p_00000001', description: '', hidden: false, label: LOWEST, columns }
const EMPTY: Policy = { grants: [], rows: [], masks: [] }
const nameOf = (id: string) => (id === 'p_00000002' ? 'Analyst' : 'nobody')

describe('a condition in fields', () => {
  const leaves: readonly Expr[] = [
    { op: 'eq', left: { column: 'text' }, right: { literal: { type: 'text', value: 'DE' } } },
    { op: 'lt', left: { column: 'integer' }, right: { literal: { type: 'integer', value: 3 } } },
    { op: 'le', left: { column: 'real' }, right: { literal: { type: 'real', value: 0.5 } } },
    { op: 'eq', left: { column: 'text' }, right: { attribute: 'country' } },
    { op: 'in', term: { column: 'text' }, among: { attribute: 'countries' } },
    { op: 'in', term: { column: 'integer' }, among: [{ type: 'integer', value: 1 }] },
    { op: 'isNull', term: { column: 'date' } },
    { op: 'inGroup', group: 'germany' },
  ]

  test('what a row of fields shows is what it was, negated or not', () => {
    for (const expr of leaves.flatMap((one): Expr[] => [one, { op: 'not', of: one }])) {
      const leaf = leafOf(expr)
      expect(leaf).not.toBeNull()
      if (leaf) expect(exprOf(leaf)).toEqual(expr)
    }
  })

  test('what no fields can show is none, so that it is kept and not bent', () => {
    const [one] = leaves
    if (!one) throw new Error('a leaf')
    const odd: readonly Expr[] = [
      { op: 'and', of: leaves },
      { op: 'not', of: { op: 'or', of: [one] } },
      { op: 'not', of: { op: 'not', of: one } },
      { op: 'lt', left: { literal: { type: 'integer', value: 1 } }, right: { column: 'integer' } },
      { op: 'lt', left: { column: 'integer' }, right: { column: 'integer' } },
      { op: 'le', left: { column: 'text' }, right: { attribute: 'country' } },
    ]
    expect(odd.map(leafOf)).toEqual(odd.map(() => null))
  })

  test('another test of the same column keeps its value and always makes a condition; names are left to fill in', () => {
    const before = leafOf({ op: 'eq', left: { column: 'integer' }, right: { literal: { type: 'integer', value: 7 } } })?.test
    if (!before) throw new Error('a test')
    expect(asked('below', before, columns)).toEqual({ is: 'below', column: 'integer', literal: { type: 'integer', value: 7 } })
    expect(asked('one of', before, columns)).toMatchObject({ literals: [{ type: 'integer', value: 7 }] })
    for (const is of TESTS) {
      const expr = exprOf({ not: false, test: asked(is, before, columns) })
      const named = ExprSchema.safeParse(expr).success
      expect([is, named]).toEqual([is, !['in attribute', 'attribute', 'in group'].includes(is)])
    }
  })

  test('a value of another type does not come along to another column', () => {
    const moved = asked('equal', { is: 'equal', column: 'date', literal: { type: 'integer', value: 7 } }, columns)
    expect(moved).toEqual({ is: 'equal', column: 'date', literal: blankLiteral('date') })
  })
})

test('values are read by their type, and what is none is refused', () => {
  expect(readLiteral('integer', '12')).toEqual({ type: 'integer', value: 12 })
  expect(readLiteral('real', '1.5')).toEqual({ type: 'real', value: 1.5 })
  expect(readLiteral('boolean', 'false')).toEqual({ type: 'boolean', value: false })
  expect(readLiteral('date', '2026-02-28')).toEqual({ type: 'date', value: '2026-02-28' })
  expect(readLiteral('text', ' a ')).toEqual({ type: 'text', value: ' a ' })
  const none = [
    ['integer', ''],
    ['integer', '1.5'],
    ['integer', 'x'],
    ['real', ''],
    ['boolean', 'yes'],
    ['date', '2026-02-30'],
  ] as const
  expect(none.map(([type, text]) => readLiteral(type, text))).toEqual(none.map(() => null))
  expect(readLiterals('text', 'AT, DE,,')).toEqual(['AT', 'DE'].map((value) => ({ type: 'text', value })))
  expect(readLiterals('integer', '1, x')).toBeNull()
  expect(words(' a, b ,, ')).toEqual(['a', 'b'])
})

test('a mapping is a line for each value, and comes back as it was', () => {
  expect(readMapping('DE = Europe\n\nUS=America = north')).toEqual({ DE: 'Europe', US: 'America = north' })
  expect(readMapping('DE')).toBeNull()
  const to = { DE: 'Europe', US: 'America' }
  expect(readMapping(mappingText(to))).toEqual(to)
})

test('a request is granted by one grant more, to read all rows without an end', () => {
  const before: Policy = { ...EMPTY, grants: [newGrant(EMPTY)] }
  const after = withReader(before, 'p_00000002')
  expect(differences(before, after, nameOf)).toEqual([{ what: 'added', text: 'Analyst may read' }])
  expect(faults(table, Policy.parse(after))).toEqual([])
})

test('new rules fit any table and have a word of their own', () => {
  const added = { ...EMPTY, grants: [newGrant(EMPTY)], rows: [newRowRule(EMPTY, columns)], masks: [newMaskRule(EMPTY, columns)] }
  expect(Policy.safeParse(added).success).toBe(true)
  expect(faults(table, added)).toEqual([])
  expect(freshId('grant', added)).toBe('grant-2')
  const label = { level: 'secret', markings: ['PII'] } as const
  const closed = columns.map((column) => ({ ...column, label }))
  expect(newMaskRule(EMPTY, closed).label).toEqual(label) // a mask alone lowers nothing
})

test('the masks that are offered for a column are those that fit it, each a whole mask', () => {
  for (const type of COLUMN_TYPES) {
    const offered = maskKinds(type)
    for (const kind of STRICTNESS) {
      expect(Mask.safeParse(newMask(kind, type)).success).toBe(true)
      expect([type, kind, offered.includes(kind)]).toEqual([type, kind, maskedType(newMask(kind, type), type) !== null])
    }
  }
  expect(maskKinds('date')).toEqual(['null', 'redact', 'constant', 'year'])
})

test('what an edit does is said rule by rule', () => {
  const grant = { ...newGrant(EMPTY), to: { who: 'person', person: 'p_00000002' } } as const
  const mask = { ...newMaskRule(EMPTY, columns), bound: { all: 'below', label: { level: 'secret', markings: ['PII'] } } } as const
  const before: Policy = { ...EMPTY, grants: [grant], rows: [newRowRule(EMPTY, columns)] }
  const after: Policy = { ...EMPTY, grants: [{ ...grant, expires: Date.UTC(2026, 1, 1) }], masks: [mask] }
  expect(differences(before, after, nameOf)).toEqual([
    { what: 'changed', text: 'Analyst may read, until 2026-01-31' },
    { what: 'removed', text: 'everybody sees rows where text = “”' },
    { what: 'added', text: 'text is emptied for whoever is not cleared for secret · PII, and counts as public' },
  ])
  expect(differences(before, JSON.parse(JSON.stringify(before)), nameOf)).toEqual([])
})

test('a fault is told to its rule alone', () => {
  const found = ['mask-1: there is no column “x”', 'mask-10: a year mask does not fit a column of text']
  expect(faultsOf('mask-1', found)).toEqual(['there is no column “x”'])
})
