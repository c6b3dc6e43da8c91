// A table as one person sees it, or why not, in the words that the person may know.
import type { Column, Policy, Table } from '#protocol/policy/policy.ts'
import { decide, type Refusal, type Seen, type View } from '../policy/decide.ts'
import type { Subject } from '../policy/subject.ts'
import { Declined, type Ruling } from './ruling.ts'

export type Sight = { readonly table: Table; readonly policy: Policy; readonly version: number; readonly view: View }
export type Looked =
  | { readonly ok: true; readonly sight: Sight }
  | { readonly ok: false; readonly why: Refusal; readonly table: Table | null }

export async function look(ruling: Ruling, name: string, who: Subject): Promise<Looked> {
  const table = await ruling.table(name)
  const { policy, version } = await ruling.policy(name)
  const decision = decide(table, policy, who, ruling.now())
  if (table !== null && decision.ok) return { ok: true, sight: { table, policy, version, view: decision.view } }
  return { ok: false, why: decision.ok ? 'absent' : decision.why, table }
}

export function declined(ruling: Ruling, name: string, why: Refusal, table: Table | null): Declined {
  const owner = table === null ? '' : ruling.nameOf(table.owner)
  return new Declined(`table-${why}`, { table: name, owner, contact: ruling.contact() })
}

type Shown = { readonly name: string; readonly type: Seen['type']; readonly masked: string | null; readonly description: string }

export function columnsOf(table: Table, columns: readonly Seen[]): Shown[] {
  const descriptions = new Map(table.columns.map(({ name, description }: Column) => [name, description]))
  return columns.map(({ name, type, mask }) => ({
    name,
    type,
    masked: mask?.kind ?? null,
    description: descriptions.get(name) ?? '',
  }))
}
