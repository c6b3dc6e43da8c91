// The strings, numbers and comments of Python source, for a person who looks at what a release gives away. As the scan of scan.ts, it never
// has to be right about what is not Python: what it does not know it takes for a name.
import { RELEASE } from '#protocol/limits.ts'
import { endOfString } from './scan.ts'

const WORD = /[\p{L}\p{N}_]/u
const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)[jJ]?/y
const COMMENT = /#[^\n]*/y
const LINE = /[^\n]*/y

export type Constants = { readonly literals: string[]; readonly more: number }

/** Different ones, in their order, and how many more there are. */
export function constantsOf(...texts: readonly string[]): Constants {
  const all = new Set<string>()
  for (const text of texts) for (const found of constants(text)) all.add(found)
  return { literals: [...all].slice(0, RELEASE.literals).map(cut), more: Math.max(0, all.size - RELEASE.literals) }
}

function* constants(source: string): Iterable<string> {
  let at = 0
  while (at < source.length) {
    const end = endAt(source, at)
    if (end === 'never') return yield* lines(source.slice(at))
    if (end !== null && source[at] !== '#') yield source.slice(at, end)
    if (end !== null && source[at] === '#') yield* lines(source.slice(at + 1, end), '# ')
    at = end ?? afterWord(source, at)
  }
}

function* lines(text: string, before = ''): Iterable<string> {
  for (const line of text.split('\n')) if (line.trim() !== '') yield before + line.trim()
}

/** Where what begins here ends; null: no literal begins here; `never`: a text of many lines does, and has no end. */
function endAt(source: string, at: number): number | 'never' | null {
  const char = source[at] as string
  if (char === '#') return matched(COMMENT, source, at)
  if (char !== '"' && char !== "'") return matched(NUMBER, source, at)
  const end = endOfString(source, at, char)
  if (end >= 0) return end
  return source.startsWith(char.repeat(3), at) ? 'never' : (matched(LINE, source, at) ?? source.length)
}

function matched(pattern: RegExp, source: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(source) ? pattern.lastIndex : null
}

/** A name as a whole, so that the 1 of `x1` is none. The prefix of a string is left out with it. */
function afterWord(source: string, from: number): number {
  let at = from + 1
  if (WORD.test(source[from] as string)) while (at < source.length && WORD.test(source[at] as string)) at++
  return at
}

const cut = (text: string): string =>
  text.length <= RELEASE.literal ? text : `${text.slice(0, RELEASE.literal - 1).toWellFormed()}…`
