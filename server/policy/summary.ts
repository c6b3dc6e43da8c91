// Groups and sums, computed next to the data over what the person sees: a masked column is grouped and compared as masked, and a
// row they do not see is in no count.
import type { Summary } from '#protocol/library/tables.ts'
import type { Expr } from '#protocol/policy/expr.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import type { Statement } from '../seams/dataPlane.ts'
import type { Seen, View } from './decide.ts'
import { type Dialect, quoted } from './dialect.ts'
import { bad, type Look, lookAt, type Misunderstood, overSeen } from './question.ts'
import { Binding } from './sql.ts'

export type Asked = {
  readonly by: readonly string[]
  readonly summaries: readonly { readonly as: string; readonly of: Summary; readonly column: string | null }[]
  readonly where: Expr | null
  readonly order: readonly { readonly by: string; readonly descending: boolean }[]
  readonly limit: number | null
}
type Part = { readonly as: string; readonly of: Summary; readonly column: Seen | null; readonly type: ColumnType }
export type Summed = Look & {
  readonly by: readonly Seen[]
  readonly parts: readonly Part[]
  readonly order: Asked['order']
  readonly limit: number | null
  readonly label: Label
}

const numbers = { text: null, integer: 'integer', real: 'real', boolean: null, date: null, timestamp: null } as const
const ordered = { text: 'text', integer: 'integer', real: 'real', boolean: null, date: 'date', timestamp: 'timestamp' } as const

/** What a summary of a column is of; null: there is none. */
const TYPES: Record<Summary, Record<ColumnType, ColumnType | null>> = {
  count: { text: 'integer', integer: 'integer', real: 'integer', boolean: 'integer', date: 'integer', timestamp: 'integer' },
  sum: numbers,
  min: ordered,
  max: ordered,
  mean: { ...numbers, integer: 'real' },
}

export function summarise(view: View, asked: Asked): { readonly ok: true; readonly summed: Summed } | Misunderstood {
  const { by, summaries, order, limit } = asked
  const of = summaries.flatMap(({ column }) => column ?? [])
  const found = lookAt(view, [...new Set([...by, ...of])], asked.where)
  if (!found.ok) return found
  const arriving = [...by, ...summaries.map(({ as }) => as)]
  const twice = arriving.find((name, at) => arriving.indexOf(name) < at)
  if (twice !== undefined) return bad(`two columns would be called “${twice}”`)
  const lost = order.find((one) => !arriving.includes(one.by))
  if (lost) return bad(`it cannot be ordered by “${lost.by}”, which does not arrive`)
  const seen = new Map(found.look.columns.map((column) => [column.name, column]))
  const parts = summaries.map((one) => part(one, seen))
  const wrong = parts.find((one) => typeof one === 'string')
  if (wrong !== undefined) return bad(wrong)
  const summed = { ...found.look, by: by.flatMap((name) => seen.get(name) ?? []), order, limit }
  return { ok: true, summed: { ...summed, parts: parts.filter((one) => typeof one !== 'string') } }
}

/** A string: why there is no such summary. */
function part({ as, of, column: name }: Asked['summaries'][number], seen: ReadonlyMap<string, Seen>): Part | string {
  if (name === null) return of === 'count' ? { as, of, column: null, type: 'integer' } : `${of} is of a column`
  const column = seen.get(name) ?? null
  const type = column && TYPES[of][column.type]
  return type ? { as, of, column, type } : `there is no ${of} of ${column?.type ?? 'this'}`
}

export function summaryStatement(view: View, asked: Summed, from: string, dialect: Dialect, key: Uint8Array): Statement {
  const groups = asked.by.map(({ name }) => quoted(name))
  const shown = [...groups, ...asked.parts.map((one) => `${expression(one, dialect)} AS ${quoted(one.as)}`)].join(', ')
  const grouped = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`
  const places = [...asked.by.map(({ name }) => name), ...asked.parts.map(({ as }) => as)]
  const order = asked.order.map(({ by, descending }) => `${places.indexOf(by) + 1} ${descending ? 'DESC' : 'ASC'} NULLS LAST`)
  const ordering = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`
  const limit = asked.limit === null ? '' : ` LIMIT ${asked.limit}`
  const writing = { dialect, key, binding: new Binding(dialect) }
  return overSeen(view, asked, from, writing, shown, `${grouped}${ordering}${limit}`)
}

function expression({ of, column, type }: Part, dialect: Dialect): string {
  if (column === null) return 'count(*)'
  const name = quoted(column.name)
  if (of === 'mean') return `avg(${dialect.cast(name, 'real')})`
  return of === 'sum' ? dialect.cast(`sum(${name})`, type) : `${of}(${name})`
}
