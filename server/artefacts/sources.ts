// What something was made from, in what one person may know of it.
import type { ArtefactInput, Sources } from '#protocol/artefacts.ts'
import type { Ruling } from '../data/ruling.ts'
import { look } from '../data/sight.ts'
import type { Subject } from '../policy/subject.ts'
import type { Inputs } from '../seams/artefacts.ts'

export async function sourcesOf(ruling: Ruling, { tables, library }: Inputs, who: Subject): Promise<Sources> {
  const known = await Promise.all(tables.map((input) => inputOf(ruling, input, who)))
  const inputs = known.filter((input) => input !== null)
  return { inputs, unnamed: known.length - inputs.length, library }
}

/** Null: a table that they may not know of. */
async function inputOf(ruling: Ruling, { table, policy }: Inputs['tables'][number], who: Subject): Promise<ArtefactInput | null> {
  const looked = await look(ruling, table, who)
  if (!looked.ok && looked.why === 'absent') return null
  return { table, policy, changed: (await ruling.policy(table)).version !== policy }
}
