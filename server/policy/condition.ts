// A condition about a person and a row becomes one about a row: attributes and groups are replaced by what they are. What is
// left speaks of columns and literals only, so the interpreter here and the SQL of every engine mean the same by it.
import { ALWAYS, type Comparison, type Expr, NEVER, type Term } from '#protocol/policy/expr.ts'
import type { Literal } from '#protocol/policy/values.ts'
import type { Subject } from './subject.ts'

export type Operand = { readonly column: string } | { readonly literal: Literal }
export type Condition =
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'in'; readonly term: { readonly column: string }; readonly among: readonly Literal[] }
  | { readonly op: 'isNull'; readonly term: { readonly column: string } }

export const EVERY = ALWAYS as Condition
export const NONE = NEVER as Condition

const text = (value: string): Literal => ({ type: 'text', value })

/** Null: it compares with an attribute that the person has not exactly once, so it cannot be judged. */
export function closed(expr: Expr, who: Subject): Condition | null {
  switch (expr.op) {
    case 'and':
    case 'or': {
      const of = expr.of.map((part) => closed(part, who))
      return of.every((part) => part !== null) ? { op: expr.op, of } : null
    }
    case 'not': {
      const of = closed(expr.of, who)
      return of && { op: 'not', of }
    }
    case 'inGroup':
      return who.groups.includes(expr.group) ? EVERY : NONE
    case 'in': {
      const { term, among } = expr
      return { op: 'in', term, among: 'attribute' in among ? valuesOf(who, among.attribute).map(text) : among }
    }
    case 'isNull':
      return expr
    default: {
      const [left, right] = [operand(expr.left, who), operand(expr.right, who)]
      return left && right && { op: expr.op, left, right }
    }
  }
}

function operand(term: Term, who: Subject): Operand | null {
  if (!('attribute' in term)) return term
  const [only, ...more] = valuesOf(who, term.attribute)
  return only === undefined || more.length > 0 ? null : { literal: text(only) }
}

const valuesOf = (who: Subject, attribute: string): readonly string[] =>
  Object.hasOwn(who.attributes, attribute) ? (who.attributes[attribute] ?? []) : []

export function columnsOf(condition: Condition): readonly string[] {
  switch (condition.op) {
    case 'and':
    case 'or':
      return [...new Set(condition.of.flatMap(columnsOf))]
    case 'not':
      return columnsOf(condition.of)
    case 'in':
    case 'isNull':
      return [condition.term.column]
    default:
      return [condition.left, condition.right].flatMap((side) => ('column' in side ? [side.column] : []))
  }
}
