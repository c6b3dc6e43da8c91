// Artefacts in words.
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { labelText } from '../../../primitives/label.ts'
import { audienceText, type NameOf } from '../words.ts'

/** Whom it is released to, for who may know. */
export function releasedText({ released, maker }: ArtefactCard, nameOf: NameOf): string {
  if (released === null) return `Released by ${maker.name}`
  return released.length === 0 ? 'Yours alone' : `Released to ${released.map((to) => audienceText(to, nameOf)).join(', ')}`
}

/** What it was made from, a line for each. */
export function inputLines({ inputs, unnamed, library }: ArtefactCard): readonly string[] {
  const tables = inputs.map(
    ({ table, policy, changed }) =>
      `${table}, under version ${policy} of its rules${changed ? ', which have changed since' : ''}`,
  )
  const others = unnamed === 0 ? [] : [`${unnamed === 1 ? 'A table' : `${unnamed} tables`} that you may not know of`]
  const passages = library === null ? [] : [`Passages of the library, up to ${labelText(library)}`]
  return [...tables, ...others, ...passages]
}
