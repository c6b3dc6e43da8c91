// The PEP 723 header of a notebook (`# /// script … # ///`) can configure marimo, down to commands it runs. It is stored
// as written, taken out of what a kernel is started with, and put back into what marimo saves. A kernel cannot write one.
import { importStart } from './scan.ts'

/** `before`: what stands above the block (a shebang, comments); `block`: the header with the blank lines after it. */
type Piece = { readonly before: string; readonly block: string }
/** In the order they are taken out: more than one is an error to marimo, and as dangerous as the first. */
export type Head = readonly Piece[]
export type Split = { readonly head: Head; readonly body: string }

const PIECES = 8
const OPENING = '# /// script'

type Block = { readonly start: number; readonly end: number }

/** One pass over the lines and one over the code, whatever the source holds. */
export function splitHeader(source: string): Split {
  const blocks = [...findBlocks(source)]
  if (blocks.length === 0) return { head: [], body: source }
  const code = importStart(without(source, blocks)) ?? source.length
  let taken = 0
  const own = blocks.filter(({ start, end }) => {
    const above = start - taken <= code // what stands below the first line of code is the author's text
    if (above) taken += end - start
    return above
  })
  const body = without(source, own)
  let cut = 0
  const head = own.map(({ start, end }) => {
    const piece = { before: body.slice(0, start - cut), block: source.slice(start, end) }
    cut += end - start
    return piece
  })
  return { head, body }
}

function without(source: string, blocks: readonly Block[]): string {
  const ends = [0, ...blocks.map(({ end }) => end)]
  return ends.map((end, i) => source.slice(end, blocks[i]?.start ?? source.length)).join('')
}

/** Blocks in the saved body, if a kernel put any in, are dropped: the header is changed only by import. */
export const mergeHeader = (head: Head, saved: string): string => head.reduceRight(putBack, splitHeader(saved).body)

/** Where it was, if what stood above is still there (marimo changes the blank lines after it), else at the top. */
function putBack(body: string, piece: Piece): string {
  const lead = trimBlank(piece.before)
  const blank = afterBlank(body, lead.length)
  const ends = blank > lead.length || afterSpaces(body, lead.length) === body.length
  if (!body.startsWith(lead) || (lead !== '' && !ends)) return piece.block + body
  return piece.before + piece.block + body.slice(blank)
}

const BLANKS = new Set(Array.from(' \t\r\n', (blank) => blank.charCodeAt(0)))

function trimBlank(text: string): string {
  let end = text.length
  while (end > 0 && BLANKS.has(text.charCodeAt(end - 1))) end--
  return text.slice(0, end)
}

/**
 * What marimo's own pattern accepts: an opening line, comment lines, a closing line. Taking a block out makes no other one:
 * nothing above it was open.
 */
function* findBlocks(source: string): Iterable<Block> {
  let start = source.indexOf(OPENING)
  for (let found = 0; start >= 0 && found < PIECES; ) {
    const { closed, end } = start === 0 || source[start - 1] === '\n' ? block(source, start) : { closed: false, end: start + 1 }
    if (closed) {
      yield { start, end: afterBlank(source, end) }
      found++
    }
    start = source.indexOf(OPENING, end)
  }
}

/** From an opening line to the end of its closing line, or to the line that is neither. */
function block(source: string, start: number): { closed: boolean; end: number } {
  let count = 0
  for (const line of lines(source, start)) {
    if (line.start === start) {
      if (line.text !== OPENING) return { closed: false, end: line.end }
    } else if (line.text === '# ///' && count > 0) {
      return { closed: true, end: line.end }
    } else if (line.text === '#' || line.text.startsWith('# ')) {
      count++
    } else {
      return { closed: false, end: line.start }
    }
  }
  return { closed: false, end: source.length }
}

function* lines(source: string, from: number): Iterable<{ readonly text: string; readonly start: number; readonly end: number }> {
  let start = from
  while (start < source.length) {
    const newline = source.indexOf('\n', start)
    const end = newline < 0 ? source.length : newline + 1
    yield { text: source.slice(start, newline < 0 ? end : newline).replace(/\r$/, ''), start, end }
    start = end
  }
}

/** A pattern would do, and overflow the engine's stack on millions of lines. */
function afterBlank(source: string, from: number): number {
  let at = from
  for (;;) {
    const end = afterSpaces(source, at)
    if (source[end] === '\n') at = end + 1
    else if (source[end] === '\r' && source[end + 1] === '\n') at = end + 2
    else return at
  }
}

function afterSpaces(source: string, from: number): number {
  let at = from
  while (source[at] === ' ' || source[at] === '\t') at++
  return at
}
