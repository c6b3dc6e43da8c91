// A scan of Python source that knows strings, comments and brackets, and nothing else: enough to tell which lines start a
// statement at the top level. Not a parser: marimo is, in the kernel, and shows what it finds in the cell it is in.
// It never calls valid Python broken (seen on 7 500 files of installed packages).

export type Scan = {
  /** Where a physical line starts that is outside any string or bracket and is not indented. */
  readonly top: readonly number[]
  /** A string or bracket that never ends: no Python reads this. */
  readonly broken: boolean
}

const OPEN = '([{'
const CLOSE = ')]}'

/** `last`: stop at the first top line for which it holds. */
export function scan(source: string, last: (at: number) => boolean = () => false): Scan {
  const top: number[] = []
  const open: string[] = []
  let at = source.startsWith('\uFEFF') ? 1 : 0
  let fresh = true // at the start of a physical line
  while (at < source.length) {
    const char = source[at] as string
    if (fresh && char !== '\n' && open.length === 0 && !/[\s#]/.test(char)) {
      top.push(at)
      if (last(at)) return { top, broken: false }
    }
    fresh = char === '\n'
    const next = step(source, at, char, open)
    if (next < 0) return { top, broken: true }
    fresh &&= next === at + 1
    at = next
  }
  return { top, broken: open.length > 0 }
}

/** Its string literals, with their quotes, as far as they end. */
export function strings(source: string): readonly string[] {
  const found: string[] = []
  const open: string[] = []
  for (let at = 0; at < source.length; ) {
    const char = source[at] as string
    const next = step(source, at, char, open)
    if (next < 0) return found
    if (char === '"' || char === "'") found.push(source.slice(at, next))
    at = next
  }
  return found
}

/** The position after what starts here, or -1 where it can never end. */
function step(source: string, at: number, char: string, open: string[]): number {
  if (char === '#') return indexOr(source, '\n', at)
  if (char === '"' || char === "'") return endOfString(source, at, char)
  if (char === '\\') return source[at + 1] === '\r' && source[at + 2] === '\n' ? at + 3 : at + 2
  if (OPEN.includes(char)) open.push(char)
  else if (CLOSE.includes(char) && open.pop() !== OPEN[CLOSE.indexOf(char)]) return -1
  return at + 1
}

const indexOr = (source: string, what: string, from: number) => {
  const found = source.indexOf(what, from)
  return found < 0 ? source.length : found
}

export function endOfString(source: string, at: number, quote: string): number {
  const triple = quote.repeat(3)
  const end = source.startsWith(triple, at) ? triple : quote
  for (let i = at + end.length; i < source.length; i++) {
    const char = source[i]
    if (char === '\\')
      i++ // raw strings too: a backslash keeps the quote in them
    else if (char === '\n' && end === quote) return -1
    else if (char === quote && source.startsWith(end, i)) return i + end.length
  }
  return -1
}

export type Shape = {
  readonly notebook: boolean // imports marimo and makes an app
  readonly cells: number | null // null: no Python reads it
}

const CELL = /^(@app\.(cell|function|class_definition)\b|with app\.setup\b|app\._unparsable_cell\b)/
const IMPORT = /^import marimo\b/
const APP = /^app\s*=\s*marimo\.App\s*\(/

const startsAt = (source: string, pattern: RegExp) => (at: number) => pattern.test(source.slice(at, at + 40))

export function shape(source: string): Shape {
  const { top, broken } = scan(source)
  const notebook = top.some(startsAt(source, IMPORT)) && top.some(startsAt(source, APP))
  const cells = top.filter(startsAt(source, CELL)).length
  return { notebook, cells: broken ? null : cells }
}

/** Where the `import marimo` line stands, with which the code of a notebook begins. */
export function importStart(source: string): number | null {
  const imports = startsAt(source, IMPORT)
  return scan(source, imports).top.find(imports) ?? null
}
