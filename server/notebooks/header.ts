// The PEP 723 header of a notebook (`# /// script … # ///`) can configure marimo, down to commands it runs. It is stored
// as written, taken out of what a kernel is started with, and put back into what marimo saves. A kernel cannot write one.
import { codeStart } from './scan.ts'

/** `before`: what stands above the block (a shebang, comments); `block`: the header with the blank lines after it. */
type Piece = { readonly before: string; readonly block: string }
/** In the order they are taken out: more than one is an error to marimo, and as dangerous as the first. */
export type Head = readonly Piece[]
export type Split = { readonly head: Head; readonly body: string }

const PIECES = 8 // each costs a pass over the source

export function splitHeader(source: string): Split {
  const head: Piece[] = []
  let body = source
  while (head.length < PIECES) {
    const found = findBlock(body, codeStart(body))
    if (!found) break
    head.push({ before: body.slice(0, found.start), block: body.slice(found.start, found.end) })
    body = body.slice(0, found.start) + body.slice(found.end)
  }
  return { head, body }
}

/** Blocks in the saved body, if a kernel put any in, are dropped: the header is changed only by import. */
export const mergeHeader = (head: Head, saved: string): string => head.reduceRight(putBack, splitHeader(saved).body)

/** Where it was, if what stood above is still there (marimo changes the blank lines after it), else at the top. */
function putBack(body: string, piece: Piece): string {
  const lead = trimBlank(piece.before)
  const rest = body.slice(lead.length)
  const found = body.startsWith(lead) && (lead === '' || /^[ \t]*(\r?\n|$)/.test(rest))
  if (!found) return piece.block + body
  return piece.before + piece.block + rest.slice(afterBlank(rest, 0))
}

function trimBlank(text: string): string {
  let end = text.length
  while (end > 0 && ' \t\r\n'.includes(text[end - 1] as string)) end--
  return text.slice(0, end)
}

type Line = { readonly text: string; readonly start: number; readonly end: number }

/** Line by line what marimo's own pattern accepts: an opening line, comment lines, a closing line. */
function findBlock(source: string, code: number): { start: number; end: number } | null {
  let opened: { start: number; lines: number } | null = null
  for (const line of lines(source)) {
    if (!opened) {
      if (line.start >= code) return null
      if (line.text === '# /// script') opened = { start: line.start, lines: 0 }
    } else if (line.text === '# ///' && opened.lines > 0) {
      return { start: opened.start, end: afterBlank(source, line.end) }
    } else if (line.text === '#' || line.text.startsWith('# ')) {
      opened.lines++
    } else {
      opened = line.text === '# /// script' ? { start: line.start, lines: 0 } : null
    }
  }
  return null
}

function* lines(source: string): Iterable<Line> {
  let start = 0
  while (start < source.length) {
    const newline = source.indexOf('\n', start)
    const end = newline < 0 ? source.length : newline + 1
    yield { text: source.slice(start, newline < 0 ? end : newline).replace(/\r$/, ''), start, end }
    start = end
  }
}

function afterBlank(source: string, from: number): number {
  const blank = /(?:[ \t]*\r?\n)*/y
  blank.lastIndex = from
  return from + (blank.exec(source)?.[0].length ?? 0)
}
