// What one person may write to a table, or make: pure, total, deny by default. One writes what one sees, as it is: rows of one's own
// filter, columns without a mask, and never from a kernel that has read more than the table may hold.
import type { WriteMode } from '#protocol/library/writes.ts'
import { dominates, join, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import { type Condition, closed, EVERY } from './condition.ts'
import { granted, type View } from './decide.ts'
import { isIn, type Subject } from './subject.ts'

/** `type` null: it holds no value. */
export type Offered = { readonly name: string; readonly type: ColumnType | null }
export type Named = { readonly name: string; readonly type: ColumnType }

/** What is written, once it is decided that it may be. */
export type Target = {
  readonly mode: WriteMode
  readonly table: string
  readonly columns: readonly Named[] // in the order of the offer, as they are stored
  readonly rest: readonly Named[] // of the table, which become null
  readonly keep: Condition // each row that is written, and each that is replaced
  readonly because: readonly string[] // ids of the grants that made it
}
/** With the table and its first policy, where one is made. */
export type Birth = { readonly table: Table; readonly policy: Policy }

/** ungranted: no grant to write, or to make tables. label: the target is below what was read. masked: not all is seen as it is. */
export type Unwritable =
  | { readonly ok: false; readonly why: 'ungranted' | 'label' }
  | { readonly ok: false; readonly why: 'masked'; readonly column: string | null } // null: something of the table
  | { readonly ok: false; readonly why: 'schema'; readonly detail: string }

export type Asking = { readonly mode: Exclude<WriteMode, 'create'>; readonly columns: readonly Offered[] }
/** `taint`: the label of the kernel that writes, joined with the workspace's. */
type Writer = { readonly who: Subject; readonly now: number; readonly taint: Label }
type Seen = { readonly table: Table; readonly policy: Policy; readonly view: View }

export function mayWrite(seen: Seen, { mode, columns }: Asking, writer: Writer): ({ readonly ok: true } & Target) | Unwritable {
  const { table, view } = seen
  const rows = writableRows(seen, writer)
  if (rows === null) return { ok: false, why: 'ungranted' }
  if (!dominates(table.label, writer.taint)) return { ok: false, why: 'label' }
  const plain = new Map(view.columns.flatMap(({ name, type, mask }) => (mask === null ? [[name, type] as const] : [])))
  if (mode === 'replace' && plain.size < table.columns.length) return { ok: false, why: 'masked', column: null }
  const masked = columns.find(({ name }) => view.columns.some((column) => column.name === name && column.mask !== null))
  if (masked) return { ok: false, why: 'masked', column: masked.name }
  const detail = misfit(columns, plain)
  if (detail !== null) return { ok: false, why: 'schema', detail }
  const names = new Set(columns.map(({ name }) => name))
  return {
    ok: true,
    mode,
    table: table.name,
    columns: columns.map(({ name }) => ({ name, type: plain.get(name) ?? 'text' })),
    rest: table.columns.filter(({ name }) => !names.has(name)).map(({ name, type }) => ({ name, type })),
    ...rows,
  }
}

/** The rows that this person sees and a grant lets them write; null: none. */
export function writableRows({ policy, view }: Seen, { who, now }: Writer): Pick<Target, 'keep' | 'because'> | null {
  const grants = granted(policy, 'managed-table:write', who, now)
  const found = grants.flatMap((grant) => {
    const rows = grant.rows === null ? EVERY : closed(grant.rows, who)
    return rows === null ? [] : [{ id: grant.id, rows }] // one that cannot be judged finds no rows
  })
  if (found.length === 0) return null
  const all = found.some(({ rows }) => rows === EVERY)
  const parts = [view.keep, ...(all ? [] : [{ op: 'or', of: found.map(({ rows }) => rows) } as const])].filter(
    (part) => part !== EVERY,
  )
  return { keep: parts.length === 0 ? EVERY : { op: 'and', of: parts }, because: found.map(({ id }) => id) }
}

/** What does not fit, in one sentence that names each column; null: all fits. */
function misfit(offered: readonly Offered[], wanted: ReadonlyMap<string, ColumnType>): string | null {
  const names = offered.map(({ name }) => name)
  const twice = names.filter((name, at) => names.indexOf(name) < at)
  const extra = names.filter((name) => !wanted.has(name))
  const missing = [...wanted.keys()].filter((name) => !names.includes(name))
  const odd = offered.flatMap(({ name, type }) => {
    const due = wanted.get(name)
    return due === undefined || fits(type, due) ? [] : [`${quote(name)} is ${type} and shall be ${due}`]
  })
  const wrong = [
    ...(twice.length > 0 ? [`it has ${twice.map(quote).join(', ')} twice`] : []),
    ...(missing.length > 0 ? [`it lacks ${missing.map(quote).join(', ')}`] : []),
    ...(extra.length > 0 ? [`the table has no ${extra.map(quote).join(', ')} for you`] : []),
    ...odd,
  ]
  return wrong.length === 0 ? null : wrong.join('; ')
}

const quote = (name: string) => `“${name}”`
/** Whole numbers are reals, and no value is of any type. */
const fits = (type: ColumnType | null, due: ColumnType) => type === null || type === due || (type === 'integer' && due === 'real')

type Making = { readonly name: string; readonly columns: readonly Offered[] } & Writer & { readonly workspace: Workspace }

/** A new table: its maker's alone, hidden from everybody else, labelled with all that its kernel has read. */
export function mayMake(making: Making): { readonly ok: true; readonly target: Target; readonly birth: Birth } | Unwritable {
  const { name, columns, who, now, taint, workspace } = making
  const grants = workspace.grants.filter(
    ({ to, right, expires }) => right === 'managed-table:write' && isIn(to, who) && (expires === null || expires > now),
  )
  if (grants.length === 0) return { ok: false, why: 'ungranted' }
  const label = join(taint, workspace.label)
  if (!dominates(who.clearance, label)) return { ok: false, why: 'label' }
  const detail = unmakeable(columns)
  if (detail !== null) return { ok: false, why: 'schema', detail }
  const typed = columns.map(({ name: column, type }) => ({ name: column, type: type ?? ('text' as const) }))
  const table: Table = {
    name,
    owner: who.person,
    description: '',
    hidden: true,
    label,
    columns: typed.map((column) => ({ ...column, label: LOWEST, description: '' })), // each counts with the table's
  }
  const because = grants.map(({ id }) => id)
  const target = { mode: 'create', table: name, columns: typed, rest: [], keep: EVERY, because } as const
  return { ok: true, target, birth: { table, policy: ownersAlone(who) } }
}

/** What keeps these columns from being a table; null: nothing. */
function unmakeable(columns: readonly Offered[]): string | null {
  const lower = columns.map(({ name }) => name.toLowerCase()) // to engines one name, whatever its case
  const twice = columns.filter((_, at) => lower.indexOf(lower[at] ?? '') < at)
  if (twice.length > 0) return `it has ${twice.map(({ name }) => quote(name)).join(', ')} twice`
  const untyped = columns.filter(({ type }) => type === null)
  if (untyped.length > 0) return `${untyped.map(({ name }) => quote(name)).join(', ')} holds no value, so nothing says its type`
  return columns.every(({ name }) => name.isWellFormed()) ? null : 'a name of a column is no text'
}

function ownersAlone({ person }: Subject): Policy {
  const to = { who: 'person', person } as const
  const grant = (id: string, right: 'managed-table:read' | 'managed-table:write') => ({
    id,
    to,
    right,
    rows: null,
    expires: null,
  })
  return {
    grants: [grant('maker-reads', 'managed-table:read'), grant('maker-writes', 'managed-table:write')],
    rows: [],
    masks: [],
  }
}

/** Where a person's tables are: no two people share it, so whether a name is taken there says nothing about anybody else. */
export function ownName(person: string, name: string): string {
  const space = `${person.slice('p_'.length)}.`
  return name.startsWith(space) ? name : space + name
}
