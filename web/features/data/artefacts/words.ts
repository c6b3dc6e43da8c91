// Artefacts in words.
import type { ArtefactCard, MadeTableCard } from '#protocol/artefacts.ts'
import { type NameOf, releaseText } from '../words.ts'

/** What stands in the list: what was saved as a file of its own, and tables that were made. */
export type Entry =
  | { readonly of: 'artefact'; readonly card: ArtefactCard }
  | { readonly of: 'table'; readonly card: MadeTableCard }

export const nameOfEntry = (entry: Entry): string => (entry.of === 'table' ? entry.card.table : entry.card.name)

/** The newest first. */
export function entriesOf(artefacts: readonly ArtefactCard[], tables: readonly MadeTableCard[]): readonly Entry[] {
  const all = [
    ...artefacts.map((card) => ({ of: 'artefact', card }) as const),
    ...tables.map((card) => ({ of: 'table', card }) as const),
  ]
  return all.sort((one, other) => other.card.at - one.card.at)
}

/** Whom it is released to, for who may know. */
export function releasedText({ released, maker }: ArtefactCard, nameOf: NameOf): string {
  return released === null ? `Released by ${maker.name}` : releaseText(released, nameOf)
}
