// What a table or an artefact was made from, and what a release of it gives, in words.
import type { Disclosure, Origin } from '#protocol/release.ts'
import { labelText } from '../../primitives/label.ts'

/** A line for each input. */
export function originLines({ inputs, unnamed, library }: Origin): readonly string[] {
  const tables = inputs.map(
    ({ table, policy, label, changed }) =>
      `${table}, read as ${labelText(label)} under version ${policy} of its rules${changed ? ', which have changed since' : ''}`,
  )
  const others = unnamed === 0 ? [] : [`${unnamed === 1 ? 'A table' : `${unnamed} tables`} that you may not know of`]
  const passages = library === null ? [] : [`Passages of the library, up to ${labelText(library)}`]
  return [...tables, ...others, ...passages]
}

/** What who releases it has to know first, a sentence each; `label`: the copy's. */
export function disclosureLines({ unseen, less }: Disclosure, label: string): readonly string[] {
  const closed = unseen
    ? [`Some of those you choose are not cleared for ${label}, which it carries from what was read. For them it is not there.`]
    : []
  return [...closed, ...less.map(lessText)]
}

function lessText({ table, closed, rows, columns }: Disclosure['less'][number]): string {
  const parts = [
    ...(closed ? ['may not read it'] : []),
    ...(rows ? ['see only some of its rows'] : []),
    ...(columns.length > 0 ? [`see ${columns.join(', ')} masked or not at all`] : []),
  ]
  return `Of ${table}, some of those who will see this see less than you do: they ${parts.join(', ')}. What you release shows what is in it.`
}
