// A view of a table, and what is asked of it, as SQL with bound parameters: what a person sees is a subquery, and what they
// ask is asked of that. No text of theirs is ever part of the SQL but names, quoted.
import type { Comparison } from '#protocol/policy/expr.ts'
import type { Parameter } from '../seams/dataPlane.ts'
import type { Condition, Operand } from './condition.ts'
import type { Seen, View } from './decide.ts'
import { type Dialect, quoted } from './dialect.ts'

export type Writing = { readonly dialect: Dialect; readonly key: Uint8Array; readonly binding: Binding }

/** Collects parameters in the order in which their places are written. */
export class Binding {
  readonly parameters: Parameter[] = []
  readonly #dialect: Dialect

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  bind(parameter: Parameter): string {
    this.parameters.push(parameter)
    return this.#dialect.place(this.parameters.length, parameter.type)
  }
}

const SIGN: Record<Comparison, string> = { eq: '=', lt: '<', le: '<=' }

/** Three-valued, as evaluate.ts has it, over the columns of a source or of what is seen of one. */
export function conditionSql(condition: Condition, binding: Binding): string {
  const part = (inner: Condition) => conditionSql(inner, binding)
  const operand = (side: Operand) => ('column' in side ? quoted(side.column) : binding.bind(side.literal))
  switch (condition.op) {
    case 'and':
      return condition.of.length === 0 ? 'TRUE' : `(${condition.of.map(part).join(' AND ')})`
    case 'or':
      return condition.of.length === 0 ? 'FALSE' : `(${condition.of.map(part).join(' OR ')})`
    case 'not':
      return `(NOT ${part(condition.of)})`
    case 'isNull':
      return `(${quoted(condition.term.column)} IS NULL)`
    case 'in': {
      const among = condition.among.map((literal) => binding.bind(literal))
      return among.length === 0 ? 'FALSE' : `(${quoted(condition.term.column)} IN (${among.join(', ')}))`
    }
    default:
      return `(${operand(condition.left)} ${SIGN[condition.op]} ${operand(condition.right)})`
  }
}

/** What the person sees of these columns, of a table that `from` names (quoted by whoever gives it). */
export function viewSql(view: View, columns: readonly Seen[], from: string, { dialect, key, binding }: Writing): string {
  const shown = columns.map(({ name, stored, type, mask }) => {
    const value = mask === null ? quoted(name) : dialect.mask(mask, quoted(name), stored, type, key, binding)
    return `${value} AS ${quoted(name)}`
  })
  const some = shown.length > 0 ? shown.join(', ') : '1 AS row' // rows are counted, no column is looked at
  return `SELECT ${some} FROM ${dialect.source(from, view.types)} WHERE ${conditionSql(view.keep, binding)}`
}
