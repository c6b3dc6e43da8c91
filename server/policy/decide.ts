// What one person sees of one table: pure, total, deny by default. Grants find rows (any of them), rules take rows away (all of
// them), masks change columns (the strictest), labels close what is above the person's clearance.
import { dominates, join, type Label } from '#protocol/policy/label.ts'
import { type Mask, maskedType, stricter } from '#protocol/policy/mask.ts'
import type { Column, Policy, Right, Table } from '#protocol/policy/policy.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import { type Condition, closed, EVERY } from './condition.ts'
import { binds, isIn, type Subject } from './subject.ts'

/** A column as this person sees it. `type` is what arrives; `label` what reading it counts with. */
export type Seen = {
  readonly name: string
  readonly type: ColumnType
  readonly stored: ColumnType
  readonly mask: Mask | null
  readonly label: Label
}
export type View = {
  readonly table: string
  readonly columns: readonly Seen[]
  readonly types: Readonly<Record<string, ColumnType>> // of all that is stored: a rule may speak of what is not seen
  readonly keep: Condition
  readonly filtered: boolean // a rule or grant leaves rows out
  readonly label: Label // of the table itself: any read of it counts with it
  readonly because: readonly string[] // ids of the grants and rules that made it
}

/**
 * absent: unknown, or hidden from this person: one answer for both. ungranted: they may know of it. clearance: granted, and
 * labelled above theirs. policy: a rule that holds for them cannot be judged.
 */
export type Refusal = 'absent' | 'ungranted' | 'clearance' | 'policy'
export type Decision = { readonly ok: true; readonly view: View } | { readonly ok: false; readonly why: Refusal }

const refuse = (why: Refusal): Decision => ({ ok: false, why })

/** The grants of a right that hold for this person now. */
export const granted = (policy: Policy, right: Right, who: Subject, now: number) =>
  policy.grants.filter((grant) => grant.right === right && isIn(grant.to, who) && (grant.expires === null || grant.expires > now))

/** Null stands for a table that there is not. */
export function decide(table: Table | null, policy: Policy, who: Subject, now: number): Decision {
  if (table === null || !who.member) return refuse('absent')
  const known = (why: Refusal) => refuse(table.hidden ? 'absent' : why)
  const grants = granted(policy, 'managed-table:read', who, now)
  if (grants.length === 0) return known('ungranted')
  if (!dominates(who.clearance, table.label)) return known('clearance')
  const rules = policy.rows.filter(({ bound }) => binds(bound, who))
  const keep = rowsOf(
    grants.map(({ rows }) => rows && closed(rows, who)),
    grants,
    rules.map((rule) => closed(rule.keep, who)),
  )
  if (keep === null) return known('policy')
  const masks = policy.masks.filter(({ bound }) => binds(bound, who))
  const columns = table.columns.flatMap((column) => seen(column, masks, who) ?? [])
  if (columns.length === 0) return known('clearance')
  const because = [...grants, ...rules, ...masks].map(({ id }) => id)
  const types = Object.fromEntries(table.columns.map(({ name, type }) => [name, type]))
  return { ok: true, view: { table: table.name, columns, types, keep, filtered: keep !== EVERY, label: table.label, because } }
}

/** A grant that cannot be judged finds no rows; a rule that cannot be judged closes the table (null). */
function rowsOf(
  found: readonly (Condition | null)[],
  grants: readonly { readonly rows: unknown }[],
  rules: readonly (Condition | null)[],
): Condition | null {
  const judged = rules.filter((rule) => rule !== null)
  if (judged.length < rules.length) return null
  const some = found.filter((rows) => rows !== null)
  const all = grants.some(({ rows }) => rows === null)
  if (!all && some.length === 0) return null
  const parts: readonly Condition[] = all ? judged : [{ op: 'or', of: some }, ...judged]
  return parts.length === 0 ? EVERY : { op: 'and', of: parts }
}

/** Null: not for this person, and so not there. */
function seen(column: Column, rules: Policy['masks'], who: Subject): Seen | null {
  const here = rules.filter((rule) => rule.column === column.name)
  const mask = here.map((rule) => rule.mask).reduce<Mask | null>((one, other) => (one ? stricter(one, other) : other), null)
  const label = here.length === 0 ? column.label : here.map((rule) => rule.label).reduce(join)
  const type = mask === null ? column.type : maskedType(mask, column.type)
  if (type === null || !dominates(who.clearance, label)) return null
  return { name: column.name, type, stored: column.type, mask, label }
}

/** What a read of these columns counts with. */
export const labelOf = (view: View, columns: readonly Seen[]): Label =>
  columns.reduce((label, column) => join(label, column.label), view.label)
