// Tables that kernels made, on the page of artefacts: for who may read them, and for nobody else.
import type { MadeTableCard } from '#protocol/artefacts.ts'
import { MAY } from '#protocol/standings.ts'
import { namesOf } from '../data/catalogue.ts'
import { originOf } from '../data/origin.ts'
import type { Ruling } from '../data/ruling.ts'
import { look } from '../data/sight.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { MadeTable, MadeTables } from '../seams/made.ts'

export type Made = (who: Principal) => Promise<MadeTableCard[]>

type Given = { readonly ruling: Ruling; readonly made: MadeTables; readonly identity: Identity }

export function makeMade({ ruling, made, identity }: Given): Made {
  const named = namesOf(identity)
  return async (who) => {
    if (!MAY[who.standing]['see artefacts']) return []
    const subject = await ruling.subject(who.id)
    /** Null: it came to nothing, or they may not read it. */
    const cardOf = async ({ table, maker, notebook, inputs, at }: MadeTable): Promise<MadeTableCard | null> => {
      const looked = await look(ruling, table, subject)
      if (!looked.ok) return null
      const { label } = looked.sight.view
      return { table, label, maker: named(maker), notebook, at, ...(await originOf(ruling, inputs, subject)) }
    }
    return (await Promise.all((await made.list()).map(cardOf))).filter((card) => card !== null)
  }
}
