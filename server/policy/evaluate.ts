// What a condition means, row by row: the reference that the SQL of every engine is tested against.
import type { Literal } from '#protocol/policy/values.ts'
import type { Condition, Operand } from './condition.ts'

/** bigint: an integer; string: text, a date or a timestamp in the form of a literal. */
export type Value = string | bigint | number | boolean | null
export type Row = Readonly<Record<string, Value>>
export type Truth = boolean | null

export function evaluate(condition: Condition, row: Row): Truth {
  switch (condition.op) {
    case 'and':
      return all(condition.of.map((part) => evaluate(part, row)))
    case 'or':
      return not(all(condition.of.map((part) => not(evaluate(part, row)))))
    case 'not':
      return not(evaluate(condition.of, row))
    case 'isNull':
      return readOf(condition.term, row) === null
    case 'in': {
      const value = readOf(condition.term, row)
      if (condition.among.length === 0) return false
      return value === null ? null : condition.among.some((literal) => order(value, literalValue(literal)) === 0)
    }
    default: {
      const [left, right] = [readOf(condition.left, row), readOf(condition.right, row)]
      if (left === null || right === null) return null
      const sign = order(left, right)
      return condition.op === 'eq' ? sign === 0 : condition.op === 'lt' ? sign < 0 : sign <= 0
    }
  }
}

const not = (truth: Truth): Truth => (truth === null ? null : !truth)

function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false
  return truths.includes(null) ? null : true
}

function readOf(operand: Operand, row: Row): Value {
  if ('literal' in operand) return literalValue(operand.literal)
  const value = row[operand.column]
  if (value === undefined) throw new Error('a condition speaks of a column that the row has not')
  return value
}

export const literalValue = (literal: Literal): Value => (literal.type === 'integer' ? BigInt(literal.value) : literal.value)

/** Of two values of one type: negative, zero, positive. Text by code point; NaN equals itself and is above every number. */
export function order(one: Exclude<Value, null>, other: Exclude<Value, null>): number
export function order(one: Value, other: Value): number
export function order(one: Value, other: Value): number {
  if (typeof one !== typeof other) throw new Error('values of two types are compared')
  if (typeof one === 'string' && typeof other === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(other))
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other))
  const [left, right] = [one as number, other as number]
  return left < right ? -1 : left > right ? 1 : 0
}
