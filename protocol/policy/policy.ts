// A table of the catalogue and everything that is decided about it: grants find rows, rules take away. Edited in the shell by
// owners; every edit makes a new version.
import * as z from 'zod/mini'
import { PersonId } from '../ids.ts'
import { ColumnName, Expr, parts, type Term } from './expr.ts'
import { Label } from './label.ts'
import { Mask, maskedType } from './mask.ts'
import { COLUMN_TYPES, type ColumnType } from './values.ts'

export const TableName = z.string().check(
  z.minLength(1),
  z.maxLength(255),
  z.refine((name) => !name.includes('\0')),
)
export const GroupName = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/))
const RuleId = z.string().check(z.regex(/^[a-z0-9-]{1,40}$/))
const RULES = 200 // of one kind, for one table

export const RIGHTS = ['managed-table:read', 'managed-table:write'] as const
export type Right = (typeof RIGHTS)[number]

export const Column = z.strictObject({
  name: ColumnName,
  type: z.enum(COLUMN_TYPES),
  label: Label,
  description: z.string().check(z.maxLength(500)),
})
export type Column = z.infer<typeof Column>

/** Whom a grant or a rule is about. */
export const Audience = z.discriminatedUnion('who', [
  z.strictObject({ who: z.literal('workspace') }),
  z.strictObject({ who: z.literal('person'), person: PersonId }),
  z.strictObject({ who: z.literal('group'), group: GroupName }),
])
export type Audience = z.infer<typeof Audience>

export const Grant = z.strictObject({
  id: RuleId,
  to: Audience,
  right: z.enum(RIGHTS),
  rows: z.nullable(Expr), // null: all rows. Several grants: the rows of each
  expires: z.nullable(z.int()),
})
export type Grant = z.infer<typeof Grant>

/** Everybody, or everybody but those whose clearance dominates a label, or but a group. */
export const Bound = z.discriminatedUnion('all', [
  z.strictObject({ all: z.literal('everybody') }),
  z.strictObject({ all: z.literal('below'), label: Label }),
  z.strictObject({ all: z.literal('outside'), group: GroupName }),
])
export type Bound = z.infer<typeof Bound>

export const RowRule = z.strictObject({ id: RuleId, bound: Bound, keep: Expr })
export type RowRule = z.infer<typeof RowRule>

/** `label` is what the column counts with where this masks it. */
export const MaskRule = z.strictObject({ id: RuleId, bound: Bound, column: ColumnName, mask: Mask, label: Label })
export type MaskRule = z.infer<typeof MaskRule>

export const Policy = z.strictObject({
  grants: z.readonly(z.array(Grant).check(z.maxLength(RULES))),
  rows: z.readonly(z.array(RowRule).check(z.maxLength(RULES))),
  masks: z.readonly(z.array(MaskRule).check(z.maxLength(RULES))),
})
export type Policy = z.infer<typeof Policy>

export const Table = z.strictObject({
  name: TableName,
  owner: PersonId,
  description: z.string().check(z.maxLength(2000)),
  hidden: z.boolean(), // from who may not read it: then it answers as if it were not there
  label: Label, // what any read of it counts with
  columns: z.readonly(z.array(Column).check(z.minLength(1), z.maxLength(1600))),
})
export type Table = z.infer<typeof Table>

/** Why a policy cannot stand on a table: one sentence each; empty where it can. */
export function faults(table: Table, policy: Policy): readonly string[] {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]))
  const rows = [...policy.grants.flatMap(({ id, rows }) => (rows ? [{ id, expr: rows }] : []))]
  const all = [...rows, ...policy.rows.map(({ id, keep }) => ({ id, expr: keep }))]
  return [
    ...all.flatMap(({ id, expr }) => wrong(expr, types).map((why) => `${id}: ${why}`)),
    ...policy.masks.flatMap((rule) => unfit(rule, types).map((why) => `${rule.id}: ${why}`)),
  ]
}

function unfit({ column, mask }: MaskRule, types: ReadonlyMap<string, ColumnType>): readonly string[] {
  const type = types.get(column)
  if (type === undefined) return [`there is no column “${column}”`]
  return maskedType(mask, type) === null ? [`a ${mask.kind} mask does not fit a column of ${type}`] : []
}

/** What does not hold of a condition over these columns: each is known, and only what is alike is compared. */
export function wrong(expr: Expr, types: ReadonlyMap<string, ColumnType>): readonly string[] {
  const typeOf = (term: Term) => {
    if ('column' in term) return types.get(term.column) ?? null
    return 'literal' in term ? term.literal.type : 'text'
  }
  const unknown = (term: Term) => ('column' in term && !types.has(term.column) ? [`there is no column “${term.column}”`] : [])
  if (expr.op === 'eq' || expr.op === 'lt' || expr.op === 'le') {
    const missing = [...unknown(expr.left), ...unknown(expr.right)]
    if (missing.length > 0) return missing
    const [left, right] = [typeOf(expr.left), typeOf(expr.right)]
    return left === right ? [] : [`${left} is compared with ${right}`]
  }
  if (expr.op === 'isNull') return unknown(expr.term)
  if (expr.op !== 'in') return parts(expr).flatMap((part) => wrong(part, types))
  const among = 'attribute' in expr.among ? ['text'] : expr.among.map(({ type }) => type)
  const odd = among.filter((type) => type !== typeOf(expr.term))
  return unknown(expr.term).length > 0
    ? unknown(expr.term)
    : odd.slice(0, 1).map((type) => `${typeOf(expr.term)} is compared with ${type}`)
}
