// Who may change what a table counts with: pure, total, deny by default. To lower needs a grant to declassify, whatever else one is.
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Table } from '#protocol/policy/policy.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import type { View } from './decide.ts'
import { isIn, type Subject } from './subject.ts'

/** The table itself. */
export const WHOLE = null

export const mayDeclassify = ({ grants }: Workspace, who: Subject, now: number): boolean =>
  who.member &&
  grants.some(({ to, right, expires }) => right === 'declassify' && isIn(to, who) && (expires === null || expires > now))

/** The table (WHOLE) and its columns whose new label does not dominate the former one: that lowers, also where it adds something. */
export function lowered(before: Table, after: Table): readonly (string | null)[] {
  const now = new Map(after.columns.map(({ name, label }) => [name, label]))
  const columns = before.columns.filter(({ name, label }) => !dominates(now.get(name) ?? label, label)).map(({ name }) => name)
  return dominates(after.label, before.label) ? columns : [WHOLE, ...columns]
}

/**
 * clearance: above one's own. floor: below the workspace's. owner: raised by somebody else. declassify: lowered without a grant.
 * unseen: lowered without seeing, unmasked, what it is of.
 */
export type Unrelabelled = 'clearance' | 'floor' | 'owner' | 'declassify' | 'unseen'
type Asking = {
  readonly who: Subject
  readonly workspace: Workspace
  readonly now: number
  readonly view: View | null // the table as they see it
  readonly governs: boolean // the workspace's owner
}

export function mayRelabel(before: Table, after: Table, asking: Asking): 'yes' | Unrelabelled {
  const { who, workspace, now, view, governs } = asking
  const lower = lowered(before, after)
  if (lower.length === 0) return mayRaise(before, after.label, asking)
  if (!mayDeclassify(workspace, who, now)) return 'declassify'
  if (view === null || !lower.every((column) => sees(view, before, column))) return 'unseen'
  if (lower.includes(WHOLE) && !dominates(after.label, workspace.label)) return 'floor'
  return governs || dominates(who.clearance, after.label) ? 'yes' : 'clearance'
}

/** Is there a label below the table's own that they may give it? */
export const mayLower = (table: Table, { who, workspace, now, view }: Omit<Asking, 'governs'>): boolean =>
  mayDeclassify(workspace, who, now) && view !== null && sees(view, table, WHOLE)

function mayRaise({ owner }: Table, label: Label, { who, governs }: Asking): 'yes' | Unrelabelled {
  if (governs) return 'yes'
  if (owner !== who.person) return 'owner'
  return dominates(who.clearance, label) ? 'yes' : 'clearance'
}

/** As it is stored: of the table, all of its columns. */
function sees({ columns }: View, table: Table, column: string | null): boolean {
  const plain = new Set(columns.filter(({ mask }) => mask === null).map(({ name }) => name))
  return column === WHOLE ? table.columns.every(({ name }) => plain.has(name)) : plain.has(column)
}
