// What something was made from, for somebody who looks at it; and what a release of it would give to those who see less of that.

import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import type { Disclosure, Origin } from '#protocol/release.ts'
import { type Less, lessOf } from '../policy/less.ts'
import { isIn, type Subject } from '../policy/subject.ts'
import type { Identity } from '../seams/identity.ts'
import type { Input, Inputs } from '../seams/inputs.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'

/** Tables that they may not know of are only counted. */
export async function originOf(ruling: Ruling, { tables, library }: Inputs, who: Subject): Promise<Origin> {
  const known = await Promise.all(tables.map((input) => inputOf(ruling, input, who)))
  const inputs = known.filter((input) => input !== null)
  return { inputs, unnamed: known.length - inputs.length, library }
}

async function inputOf(ruling: Ruling, input: Input, who: Subject): Promise<Origin['inputs'][number] | null> {
  const looked = await look(ruling, input.table, who)
  if (!looked.ok && looked.why === 'absent') return null
  return { ...input, changed: (await ruling.policy(input.table)).version !== input.policy }
}

type Releasing = { readonly maker: Subject; readonly label: Label; readonly inputs: Inputs; readonly to: readonly Audience[] }

/** Told of all whom it is to together: what one person may see is nobody else's affair. */
export async function disclosureOf(ruling: Ruling, identity: Identity, releasing: Releasing): Promise<Disclosure> {
  const { maker, label, inputs, to } = releasing
  const others = identity.accounts().filter(({ id }) => id !== maker.person)
  const people = await Promise.all(others.map(({ id }) => ruling.subject(id)))
  const readers = people.filter((who) => to.some((one) => isIn(one, who)))
  const cleared = readers.filter(({ clearance }) => dominates(clearance, label))
  const names = [...new Set(inputs.tables.map(({ table }) => table))]
  const less = await Promise.all(names.map((table) => lessIn(ruling, table, maker, cleared)))
  return { unseen: cleared.length < readers.length, less: less.filter((one) => one !== null) }
}

/** Null: all see as much of it; or its maker sees nothing of it any more, so there is nothing to compare. */
async function lessIn(ruling: Ruling, table: string, maker: Subject, readers: readonly Subject[]): Promise<Less | null> {
  const mine = await look(ruling, table, maker)
  if (!mine.ok) return null
  const theirs = await Promise.all(readers.map((who) => look(ruling, table, who)))
  return lessOf(
    mine.sight.view,
    theirs.map((one) => (one.ok ? one.sight.view : null)),
  )
}
