// Editing a policy: pure. Conditions that a row of fields can show are leaves; whatever is no leaf stays as it is.
import type { Expr } from '#protocol/policy/expr.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import { type Mask, type MaskKind, maskedType, STRICTNESS } from '#protocol/policy/mask.ts'
import type { Column, Grant, MaskRule, Policy, RowRule } from '#protocol/policy/policy.ts'
import { type ColumnType, Literal } from '#protocol/policy/values.ts'
import { grantText, type NameOf, rowText, ruleText } from '../words.ts'

export type Test =
  | { readonly is: 'equal' | 'below' | 'most'; readonly column: string; readonly literal: Literal }
  | { readonly is: 'one of'; readonly column: string; readonly literals: readonly Literal[] }
  | { readonly is: 'in attribute' | 'attribute'; readonly column: string; readonly attribute: string }
  | { readonly is: 'empty'; readonly column: string }
  | { readonly is: 'in group'; readonly group: string }
export type Leaf = { readonly not: boolean; readonly test: Test }

/** Null: no row of fields can show it. */
export function leafOf(expr: Expr): Leaf | null {
  const test = testOf(expr.op === 'not' ? expr.of : expr)
  return test && { not: expr.op === 'not', test }
}

const COMPARED = { eq: 'equal', lt: 'below', le: 'most' } as const
const OPS = { equal: 'eq', below: 'lt', most: 'le' } as const

function testOf(expr: Expr): Test | null {
  switch (expr.op) {
    case 'and':
    case 'or':
    case 'not':
      return null
    case 'isNull':
      return { is: 'empty', column: expr.term.column }
    case 'inGroup':
      return { is: 'in group', group: expr.group }
    case 'in': {
      const { column } = expr.term
      if ('attribute' in expr.among) return { is: 'in attribute', column, attribute: expr.among.attribute }
      return { is: 'one of', column, literals: expr.among }
    }
    default: {
      if (!('column' in expr.left)) return null
      const { column } = expr.left
      if ('literal' in expr.right) return { is: COMPARED[expr.op], column, literal: expr.right.literal }
      return 'attribute' in expr.right && expr.op === 'eq' ? { is: 'attribute', column, attribute: expr.right.attribute } : null
    }
  }
}

export function exprOf({ not, test }: Leaf): Expr {
  const expr = plainOf(test)
  return not ? { op: 'not', of: expr } : expr
}

function plainOf(test: Test): Expr {
  switch (test.is) {
    case 'empty':
      return { op: 'isNull', term: { column: test.column } }
    case 'in group':
      return { op: 'inGroup', group: test.group }
    case 'one of':
      return { op: 'in', term: { column: test.column }, among: test.literals }
    case 'in attribute':
      return { op: 'in', term: { column: test.column }, among: { attribute: test.attribute } }
    case 'attribute':
      return { op: 'eq', left: { column: test.column }, right: { attribute: test.attribute } }
    default:
      return { op: OPS[test.is], left: { column: test.column }, right: { literal: test.literal } }
  }
}

export const TESTS: readonly Test['is'][] = ['equal', 'one of', 'in attribute', 'attribute', 'below', 'most', 'empty', 'in group']

/** The same question put another way: what both have is kept. */
export function asked(is: Test['is'], before: Test, columns: readonly Column[]): Test {
  const column = 'column' in before ? before.column : (columns[0]?.name ?? '')
  const type = columns.find(({ name }) => name === column)?.type ?? 'text'
  if (is === 'in group') return { is, group: 'group' in before ? before.group : '' }
  if (is === 'empty') return { is, column }
  if (is === 'in attribute' || is === 'attribute') return { is, column, attribute: 'attribute' in before ? before.attribute : '' }
  const [first] = literalsIn(before)
  const literal = first?.type === type ? first : blankLiteral(type)
  return is === 'one of'
    ? { is, column, literals: literalsIn(before).filter((one) => one.type === type) }
    : { is, column, literal }
}

function literalsIn(test: Test): readonly Literal[] {
  if ('literal' in test) return [test.literal]
  return 'literals' in test ? test.literals : []
}

const BLANK: Record<ColumnType, Literal> = {
  text: { type: 'text', value: '' },
  integer: { type: 'integer', value: 0 },
  real: { type: 'real', value: 0 },
  boolean: { type: 'boolean', value: true },
  date: { type: 'date', value: '2026-01-01' },
  timestamp: { type: 'timestamp', value: '2026-01-01T00:00:00.000000' },
}
export const blankLiteral = (type: ColumnType): Literal => BLANK[type]

/** Null: no value of this type is written so. */
export function readLiteral(type: ColumnType, text: string): Literal | null {
  const read = Literal.safeParse({ type, value: written(type, text) })
  return read.success ? read.data : null
}

function written(type: ColumnType, text: string): unknown {
  if (type === 'integer' || type === 'real') return text.trim() === '' ? null : Number(text)
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : null
  return text
}

/** Values between commas; null where one of them is none. Empty parts are left out. */
export function readLiterals(type: ColumnType, text: string): readonly Literal[] | null {
  const read = words(text).map((part) => readLiteral(type, part))
  return read.every((one) => one !== null) ? read : null
}

export const words = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** A word that no rule of a policy has yet. */
export function freshId(prefix: string, { grants, rows, masks }: Policy): string {
  const taken = new Set([...grants, ...rows, ...masks].map(({ id }) => id))
  let number = 1
  while (taken.has(`${prefix}-${number}`)) number += 1
  return `${prefix}-${number}`
}

export const newLeaf = (columns: readonly Column[]): Expr =>
  exprOf({ not: false, test: asked('equal', { is: 'empty', column: columns[0]?.name ?? '' }, columns) })

export const newGrant = (policy: Policy): Grant => ({
  id: freshId('grant', policy),
  to: { who: 'workspace' },
  right: 'managed-table:read',
  rows: null,
  expires: null,
})

/** One person more may read. */
export const withReader = (policy: Policy, person: string): Policy => ({
  ...policy,
  grants: [...policy.grants, { ...newGrant(policy), to: { who: 'person', person } }],
})

export const newRowRule = (policy: Policy, columns: readonly Column[]): RowRule => ({
  id: freshId('rows', policy),
  bound: { all: 'everybody' },
  keep: newLeaf(columns),
})

/** It counts as its column does until somebody says less: a mask alone opens nothing. */
export const newMaskRule = (policy: Policy, columns: readonly Column[]): MaskRule => ({
  id: freshId('mask', policy),
  bound: { all: 'everybody' },
  column: columns[0]?.name ?? '',
  mask: { kind: 'null' },
  label: columns[0]?.label ?? LOWEST,
})

/** The kinds of mask that a column can have. */
export const maskKinds = (type: ColumnType): readonly MaskKind[] =>
  STRICTNESS.filter((kind) => maskedType(newMask(kind, type), type) !== null)

export function newMask(kind: MaskKind, type: ColumnType): Mask {
  if (kind === 'constant') return { kind, value: blankLiteral(type) }
  if (kind === 'bucket') return { kind, size: 10 }
  return kind === 'generalise' ? { kind, to: {}, otherwise: null } : { kind }
}

/** “a = b” a line; null where a line is something else. */
export function readMapping(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => /^(.*?)=(.*)$/.exec(line))
  if (pairs.some((pair) => pair === null)) return null
  return Object.fromEntries(pairs.map((pair) => [(pair?.[1] ?? '').trim(), (pair?.[2] ?? '').trim()]))
}
export const mappingText = (to: Readonly<Record<string, string>>): string =>
  Object.entries(to)
    .map(([from, into]) => `${from} = ${into}`)
    .join('\n')

export type Difference = { readonly what: 'added' | 'removed' | 'changed'; readonly text: string }

/** What an edit does, rule by rule, in the words of the new rule or of the one that goes. */
export function differences(before: Policy, after: Policy, nameOf: NameOf): readonly Difference[] {
  return [
    ...ofKind(before.grants, after.grants, (grant) => grantText(grant, nameOf)),
    ...ofKind(before.rows, after.rows, rowText),
    ...ofKind(before.masks, after.masks, ruleText),
  ]
}

function ofKind<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
  text: (rule: T) => string,
): readonly Difference[] {
  const old = new Map(before.map((rule) => [rule.id, rule]))
  const kept = new Set(after.map(({ id }) => id))
  const gone = before.filter(({ id }) => !kept.has(id)).map((rule) => ({ what: 'removed', text: text(rule) }) as const)
  const here = after.flatMap((rule): Difference[] => {
    const was = old.get(rule.id)
    if (was === undefined) return [{ what: 'added', text: text(rule) }]
    return same(was, rule) ? [] : [{ what: 'changed', text: text(rule) }]
  })
  return [...gone, ...here]
}

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** What `faults` said of one rule, without its id. */
export const faultsOf = (id: string, faults: readonly string[]): readonly string[] =>
  faults.filter((fault) => fault.startsWith(`${id}: `)).map((fault) => fault.slice(id.length + 2))
