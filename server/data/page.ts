// A table in the shell, as one person sees it: its card in the list, and its page.
import type { ColumnSeen, TableCard, TablePage } from '#protocol/managed.ts'
import { join } from '#protocol/policy/label.ts'
import type { Table } from '#protocol/policy/policy.ts'
import { granted, type View } from '../policy/decide.ts'
import { mayLower } from '../policy/relabel.ts'
import { mayRelease, releasedTo } from '../policy/release.ts'
import type { Subject } from '../policy/subject.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Governance } from '../seams/governance.ts'
import type { MadeTables } from '../seams/made.ts'
import type { namesOf } from './catalogue.ts'
import { originOf } from './origin.ts'
import type { Ruling } from './ruling.ts'
import type { Looked, Sight } from './sight.ts'
import { sentence } from './words.ts'

type Named = ReturnType<typeof namesOf>
type Given = { readonly governance: Governance; readonly made: MadeTables; readonly plane: Pick<DataPlane, 'writes'> | null }

/** Null: not there, or not for them. */
export function cardOf(ruling: Ruling, looked: Looked, named: Named): TableCard | null {
  const table = looked.ok ? looked.sight.table : looked.table
  if (table === null || (!looked.ok && looked.why === 'absent')) return null
  const { name, description } = table
  const card = { name, description, owner: named(table.owner) }
  if (!looked.ok) {
    const why = sentence(`table-${looked.why}`, { table: name, owner: card.owner.name, contact: ruling.contact() })
    return { ...card, access: { readable: false, why } }
  }
  const { columns, filtered, label } = looked.sight.view
  const masked = columns.filter(({ mask }) => mask !== null).length
  return { ...card, access: { readable: true, label, columns: columns.length, masked, filtered } }
}

export function columnsOf(table: Table, view: View): ColumnSeen[] {
  const descriptions = new Map(table.columns.map(({ name, description }) => [name, description]))
  return view.columns.map(({ name, type, mask, label }) => ({
    name,
    type,
    masked: mask?.kind ?? null,
    label: join(view.label, label),
    description: descriptions.get(name) ?? '',
  }))
}

/** What there is of a table beside its card, for who reads it. */
export async function pageOf(
  ruling: Ruling,
  { governance, made, plane }: Given,
  { table, policy, version, view }: Sight,
  who: Subject,
  governs: boolean,
): Promise<Omit<TablePage, 'card'>> {
  const now = ruling.now()
  const born = await made.find(table.name)
  const [newest] = await governance.tableHistory(table.name)
  const { workspace } = await ruling.workspace()
  const raise = governs || table.owner === who.person
  const lower = mayLower(table, { who, workspace, now, view })
  return {
    columns: columnsOf(table, view),
    writable: (plane?.writes() ?? false) && granted(policy, 'managed-table:write', who, now).length > 0,
    origin: born && (await originOf(ruling, born.inputs, who)),
    release: mayRelease(table, who) ? { to: [...releasedTo(policy)], onto: version } : null,
    classify: raise || lower ? { label: table.label, onto: newest?.version ?? 0, raise, lower } : null,
  }
}
