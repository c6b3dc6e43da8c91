// Names of notebooks: pure. What a name may hold is protocol/api.ts; here they are made free and kept within the limit.
import { NOTEBOOK } from '#protocol/limits.ts'

/** One name has one spelling, so that two that look alike are the same. */
export const tidy = (name: string): string => name.normalize('NFC')

export const copyName = (name: string): string => cut(`Copy of ${name}`, '')

/** `base`, or "base 2", "base 3", …: the first that is not taken. */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  let name = cut(base, '')
  for (let number = 2; taken.has(name); number++) name = cut(base, ` ${number}`)
  return name
}

/** A name read from a file, made one that the protocol allows; null where nothing is left of it. */
export function nameFromFile(stem: string): string | null {
  const name = tidy(stem)
    .replace(/[\p{C}/\\]+/gu, ' ')
    .trim()
  return name === '' ? null : cut(name, '')
}

function cut(base: string, end: string): string {
  let kept = base.slice(0, NOTEBOOK.name - end.length)
  if (!kept.isWellFormed()) kept = kept.slice(0, -1) // half of a pair
  return kept.trimEnd() + end
}
