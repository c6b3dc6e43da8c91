// A table as one person sees it, or why not, in the words that the person may know.
import type { Column, Policy, Table } from '#protocol/policy/policy.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import type { Refusal, Seen, View } from '../policy/decide.ts'
import { decideFor } from '../policy/preview.ts'
import type { Subject } from '../policy/subject.ts'
import { Declined, type Ruling } from './ruling.ts'

export type Sight = { readonly table: Table; readonly policy: Policy; readonly version: number; readonly view: View }
export type Looked =
  | { readonly ok: true; readonly sight: Sight }
  | { readonly ok: false; readonly why: Refusal; readonly table: Table | null }

export async function look(ruling: Ruling, name: string, who: Subject, preview?: Profile): Promise<Looked> {
  const table = await ruling.table(name)
  const { policy, version } = await ruling.policy(name)
  const decision = decideFor(table, policy, who, preview, ruling.now())
  if (table !== null && decision.ok) return { ok: true, sight: { table, policy, version, view: decision.view } }
  return { ok: false, why: decision.ok ? 'absent' : decision.why, table }
}

/** As what runs in a kernel sees it. */
export const lookFrom = async (ruling: Ruling, name: string, { person, preview }: KernelSpec): Promise<Looked> =>
  look(ruling, name, await ruling.subject(person), preview)

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
