// Artefacts in words.
import type { ArtefactCard, MadeTableCard, Sources } from '#protocol/artefacts.ts'
import { labelText } from '../../../primitives/label.ts'
import { audienceText, type NameOf } from '../words.ts'

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
  if (released === null) return `Released by ${maker.name}`
  return released.length === 0 ? 'Yours alone' : `Released to ${released.map((to) => audienceText(to, nameOf)).join(', ')}`
}

/** What it was made from, a line for each. */
export function inputLines({ inputs, unnamed, library }: Sources): readonly string[] {
  const tables = inputs.map(
    ({ table, policy, changed }) =>
      `${table}, under version ${policy} of its rules${changed ? ', which have changed since' : ''}`,
  )
  const others = unnamed === 0 ? [] : [`${unnamed === 1 ? 'A table' : `${unnamed} tables`} that you may not know of`]
  const passages = library === null ? [] : [`Passages of the library, up to ${labelText(library)}`]
  return [...tables, ...others, ...passages]
}
