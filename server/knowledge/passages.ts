// A document's text, cut into passages: by its headings, then by paragraphs, to a length that a search can show. A passage repeats
// the end of the one before it, so that what is said across a cut stands whole in one of them.
import { DOCUMENTS } from '#protocol/limits.ts'

/** Plain text has no headings. */
export type Form = 'markdown' | 'plain'

const { passage: SIZE, overlap: OVERLAP } = DOCUMENTS
const HEADING = 200 // characters of one that a passage repeats
const PIECE = SIZE - OVERLAP - 2 // so that a repeated end and a piece fit together

type Section = { readonly heading: string | null; readonly lines: string[] }
/** `glue`: what stands between it and the piece before. */
type Piece = { readonly glue: string; readonly text: string }

export function passagesOf(text: string, form: Form): readonly string[] {
  const lines = clean(text).split('\n')
  const sections = form === 'markdown' ? sectionsOf(lines) : [{ heading: null, lines }]
  return sections.flatMap(({ heading, lines: body }) => {
    const above = heading === null ? '' : `${cutAt(heading, HEADING)}\n\n`
    return packed(paragraphs(body).flatMap(pieces)).map((passage) => above + passage)
  })
}

/** The first heading of the first level; null: there is none. */
export function titleOf(text: string): string | null {
  return sectionsOf(clean(text).split('\n'), /^#[ \t]+(.+)$/)[1]?.heading ?? null
}

/** One kind of line end, and no control characters but tabs. */
const clean = (text: string): string => text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/(?![\n\t])\p{Cc}/gu, '')

/** What stands above the first heading is a section without one; fenced code has no headings. */
function sectionsOf(lines: readonly string[], pattern = /^#{1,6}[ \t]+(.+)$/): readonly Section[] {
  const sections: Section[] = [{ heading: null, lines: [] }]
  let fenced = false
  for (const line of lines) {
    if (/^ {0,3}(```|~~~)/.test(line)) fenced = !fenced
    const heading = fenced
      ? undefined
      : pattern
          .exec(line)?.[1]
          ?.replace(/[ \t]+#*[ \t]*$/, '')
          .trim()
    if (heading) sections.push({ heading, lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections
}

const paragraphs = (lines: readonly string[]): readonly string[] =>
  lines
    .join('\n')
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')

/** A paragraph, in parts that fit. */
function pieces(paragraph: string): readonly Piece[] {
  const found: Piece[] = []
  let rest = paragraph
  while (rest.length > PIECE) {
    const end = boundary(rest)
    found.push({ glue: found.length === 0 ? '\n\n' : ' ', text: rest.slice(0, end).trimEnd() })
    rest = rest.slice(end).trimStart()
  }
  return [...found, { glue: found.length === 0 ? '\n\n' : ' ', text: rest }]
}

/** Where to cut what is too long: after a sentence, else between words, else anywhere but within a character. */
function boundary(text: string): number {
  const part = text.slice(0, PIECE + 1)
  const sentence = [...part.matchAll(/[.!?…]\s/g)].at(-1)
  if (sentence && sentence.index > PIECE / 2) return sentence.index + 1
  const space = part.search(/\s\S*$/)
  return space > PIECE / 2 ? space : cutAt(part, PIECE).length
}

const cutAt = (text: string, length: number): string => {
  const part = text.slice(0, length)
  return part.isWellFormed() || !text.isWellFormed() ? part : part.slice(0, -1)
}

function packed(all: readonly Piece[]): readonly string[] {
  const passages: string[] = []
  for (const { glue, text } of all) {
    const last = passages.at(-1)
    if (last === undefined) passages.push(text)
    else if (last.length + glue.length + text.length <= SIZE) passages[passages.length - 1] = last + glue + text
    else passages.push(tail(last) + glue + text)
  }
  return passages
}

/** The last words of a passage. */
function tail(passage: string): string {
  const end = passage.slice(-OVERLAP)
  const word = end.search(/\s/)
  return (word < 0 ? end : end.slice(word)).trim()
}
