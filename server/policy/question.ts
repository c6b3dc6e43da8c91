// What a person asks of what they see: some columns, of the rows that fit, so many. It is asked of the masked view: a masked
// column compares as masked, and a column they do not see is one there is not, in the same words.
import type { Expr, Term } from '#protocol/policy/expr.ts'
import type { Label } from '#protocol/policy/label.ts'
import { wrong } from '#protocol/policy/policy.ts'
import type { ColumnType, Literal } from '#protocol/policy/values.ts'
import type { Statement } from '../seams/dataPlane.ts'
import { type Condition, columnsOf, type Operand } from './condition.ts'
import { labelOf, type Seen, type View } from './decide.ts'
import { type Dialect, quoted } from './dialect.ts'
import { Binding, conditionSql, viewSql, type Writing } from './sql.ts'

export type Question = {
  readonly columns: readonly string[] | null // null: all that is seen
  readonly where: Expr | null
  readonly limit: number | null
}
/** The part of a view that is looked at: the columns by name, and what is compared. */
export type Look = {
  readonly columns: readonly Seen[]
  readonly read: readonly Seen[] // and those the condition speaks of
  readonly where: Condition | null
  readonly label: Label
}
export type Understood = Look & { readonly limit: number | null }
export type Misunderstood =
  | { readonly ok: false; readonly why: 'column-absent'; readonly column: string }
  | { readonly ok: false; readonly why: 'bad-question'; readonly detail: string }
export type Answer = { readonly ok: true; readonly understood: Understood } | Misunderstood

export const bad = (detail: string): Misunderstood => ({ ok: false, why: 'bad-question', detail })

export function understand(view: View, { columns, where, limit }: Question): Answer {
  const asked = columns ?? view.columns.map(({ name }) => name)
  const twice = asked.find((name, at) => asked.indexOf(name) < at)
  if (twice !== undefined) return bad(`“${twice}” is asked for twice`)
  const found = lookAt(view, asked, where)
  return found.ok ? { ok: true, understood: { ...found.look, limit } } : found
}

/** Each of these names, and each that the condition speaks of, is a column that is seen. */
export function lookAt(
  view: View,
  names: readonly string[],
  where: Expr | null,
): { readonly ok: true; readonly look: Look } | Misunderstood {
  const seen = new Map(view.columns.map((column) => [column.name, column]))
  const types = new Map(view.columns.map(({ name, type }) => [name, type]))
  const condition = where === null ? null : plain(where, types)
  if (condition === undefined) return bad('a question speaks of columns and values only')
  const spoken = condition === null ? [] : columnsOf(condition)
  const unseen = [...names, ...spoken].find((name) => !seen.has(name))
  if (unseen !== undefined) return { ok: false, why: 'column-absent', column: unseen }
  const [detail] = condition === null ? [] : wrong(condition, types)
  if (detail !== undefined) return bad(detail)
  const pick = (wanted: readonly string[]) => wanted.flatMap((name) => seen.get(name) ?? [])
  const read = pick([...new Set([...names, ...spoken])])
  return { ok: true, look: { columns: pick(names), read, where: condition, label: labelOf(view, read) } }
}

/** Without attributes and groups, which only rules may speak of (undefined: it does); whole numbers read as reals where one is due. */
function plain(expr: Expr, types: ReadonlyMap<string, ColumnType>): Condition | undefined {
  switch (expr.op) {
    case 'and':
    case 'or': {
      const of = expr.of.map((part) => plain(part, types))
      return of.every((part) => part !== undefined) ? { op: expr.op, of } : undefined
    }
    case 'not': {
      const of = plain(expr.of, types)
      return of && { op: 'not', of }
    }
    case 'inGroup':
      return undefined
    case 'isNull':
      return expr
    case 'in': {
      const { op, term, among } = expr
      return 'attribute' in among ? undefined : { op, term, among: among.map((value) => fitted(value, types.get(term.column))) }
    }
    default: {
      const [left, right] = [side(expr.left, expr.right, types), side(expr.right, expr.left, types)]
      return left && right && { op: expr.op, left, right }
    }
  }
}

function side(term: Term, other: Term, types: ReadonlyMap<string, ColumnType>): Operand | undefined {
  if ('attribute' in term) return undefined
  return 'column' in term || !('column' in other) ? term : { literal: fitted(term.literal, types.get(other.column)) }
}

const fitted = (literal: Literal, type: ColumnType | undefined): Literal =>
  literal.type === 'integer' && type === 'real' ? { type: 'real', value: literal.value } : literal

/** The statement that answers it, of a table that `from` names. */
export function statement(view: View, asked: Understood, from: string, dialect: Dialect, key: Uint8Array): Statement {
  const shown = asked.columns.map(({ name }) => quoted(name)).join(', ')
  return overSeen(
    view,
    asked,
    from,
    { dialect, key, binding: new Binding(dialect) },
    shown,
    asked.limit === null ? '' : ` LIMIT ${asked.limit}`,
  )
}

/** What is asked of the masked view: `shown` of the rows that fit, and what comes `after`. */
export function overSeen(view: View, look: Look, from: string, writing: Writing, shown: string, after: string): Statement {
  const inner = viewSql(view, look.read, from, writing)
  const where = look.where === null ? '' : ` WHERE ${conditionSql(look.where, writing.binding)}`
  return { sql: `SELECT ${shown} FROM (${inner}) AS seen${where}${after}`, parameters: writing.binding.parameters }
}
