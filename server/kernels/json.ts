// Looks at the top level of a JSON body without building it: where each member of the outermost object lies in the bytes.
// What a rule does not touch reaches marimo byte for byte (a number beyond 2^53 stays itself), and a deep or huge body
// costs one linear pass and no recursion. On valid JSON the spans are exact; what is not valid JSON marimo's own parser
// refuses, so nothing can be read one way here and another way there: a key given twice is refused for the same reason.
const QUOTE = 0x22
const BACKSLASH = 0x5c
const LEFT_BRACE = 0x7b
const RIGHT_BRACE = 0x7d
const LEFT_BRACKET = 0x5b
const RIGHT_BRACKET = 0x5d
const COLON = 0x3a
const COMMA = 0x2c

export const DEPTH = 100 // nesting; the deepest body of marimo's front end (a chart's specification) has less than 30
export const MEMBERS = 256 // of the outermost object; no command of marimo's front end has more than a dozen

export type Span = { readonly start: number; readonly end: number }
export type Members = ReadonlyMap<string, Span>
export type Looked =
  | { readonly type: 'object'; readonly members: Members }
  | { readonly type: 'other' } // a list, a word, a number, or nothing: no members to judge
  | { readonly type: 'bad'; readonly why: 'too-deep' | 'too-many' | 'unbalanced' | 'bad-key' }

type Look = {
  readonly bytes: Uint8Array
  readonly members: Map<string, Span>
  readonly inObject: boolean[] // per open bracket: is it a brace
  key: string | null // the outermost object's member that is being read
  keyNext: boolean
  value: number // where the current member's value begins
}

export function look(bytes: Uint8Array): Looked {
  const state: Look = { bytes, members: new Map(), inObject: [], key: null, keyNext: false, value: 0 }
  const first = firstByte(bytes)
  let at = 0
  while (at < bytes.length) {
    const next = step(state, at)
    if (typeof next !== 'number') return next
    at = next
  }
  if (state.inObject.length > 0) return bad('unbalanced')
  return first === LEFT_BRACE ? { type: 'object', members: state.members } : { type: 'other' }
}

/** The bytes of a new body in which the named members hold these JSON texts; a member that was absent is put first. */
export function replaced(bytes: Uint8Array, members: Members, put: ReadonlyMap<string, string>): Uint8Array {
  const spans = [...put].flatMap(([key, text]) => {
    const span = members.get(key)
    return span ? [{ ...span, text }] : []
  })
  const absent = [...put].filter(([key]) => !members.has(key)).map(([key, text]) => `${JSON.stringify(key)}:${text}`)
  const open = bytes.indexOf(LEFT_BRACE) + 1
  const head = absent.length === 0 ? '' : absent.join(',') + (members.size > 0 ? ',' : '')
  const cuts = [{ start: open, end: open, text: head }, ...spans.sort((a, b) => a.start - b.start)]
  const parts: Uint8Array[] = []
  let done = 0
  for (const cut of cuts) {
    parts.push(bytes.subarray(done, cut.start), Buffer.from(cut.text))
    done = cut.end
  }
  return Buffer.concat([...parts, bytes.subarray(done)])
}

/** The value of one member; undefined when it is absent or not JSON. */
export function member(bytes: Uint8Array, members: Members, key: string): unknown {
  const span = members.get(key)
  return span && parsed(bytes.subarray(span.start, span.end))
}

const bad = (why: Extract<Looked, { type: 'bad' }>['why']): Looked => ({ type: 'bad', why })

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function firstByte(bytes: Uint8Array): number | undefined {
  return bytes.find((byte) => byte > 0x20)
}

/** Takes one token; answers where the next one begins. */
function step(state: Look, at: number): number | Looked {
  switch (state.bytes[at]) {
    case QUOTE:
      return string(state, at)
    case LEFT_BRACE:
    case LEFT_BRACKET:
      return opened(state, at, state.bytes[at] === LEFT_BRACE)
    case RIGHT_BRACE:
    case RIGHT_BRACKET:
      return closed(state, at, state.bytes[at] === RIGHT_BRACE)
    case COLON:
      state.keyNext = false
      if (state.inObject.length === 1) state.value = at + 1
      return at + 1
    case COMMA:
      if (state.inObject.length === 1) endMember(state, at)
      state.keyNext = state.inObject.at(-1) === true
      return at + 1
    default:
      return at + 1
  }
}

function opened(state: Look, at: number, object: boolean): number | Looked {
  if (state.inObject.length >= DEPTH) return bad('too-deep')
  state.inObject.push(object)
  state.keyNext = object
  return at + 1
}

function closed(state: Look, at: number, object: boolean): number | Looked {
  if (state.inObject.length === 1) endMember(state, at)
  state.keyNext = false
  return state.inObject.pop() === object ? at + 1 : bad('unbalanced')
}

function endMember(state: Look, end: number): void {
  if (state.key !== null) state.members.set(state.key, { start: state.value, end })
  state.key = null
}

function string(state: Look, at: number): number | Looked {
  const end = endOfString(state.bytes, at)
  if (end === -1) return bad('unbalanced')
  return state.keyNext ? key(state, at, end) : end
}

/** `__proto__` is no key of marimo's anywhere; refusing it keeps every later reader of these bodies safe from it. */
function key(state: Look, at: number, end: number): number | Looked {
  if (isProto(state.bytes, at + 1, end - 1)) return bad('bad-key')
  if (state.inObject.length > 1) return end
  if (state.members.size === MEMBERS) return bad('too-many')
  const name = parsed(state.bytes.subarray(at, end))
  if (typeof name !== 'string' || state.members.has(name) || state.key !== null) return bad('bad-key')
  state.key = name
  return end
}

/** However it is spelled, without building the text: only \u can stand for a character of it. */
function isProto(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from
  for (const code of PROTO) {
    if (bytes[at] === code) at += 1
    else if (bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U && fourHex(bytes, at + 2) === code) at += 6
    else return false
  }
  return at === end
}

const PROTO = Buffer.from('__proto__')
const LETTER_U = 0x75
const fourHex = (bytes: Uint8Array, at: number) => Number.parseInt(Buffer.from(bytes.subarray(at, at + 4)).toString('latin1'), 16)

/** One past the closing quote, or -1. The search is the engine's own, so a 16 MiB string costs a few milliseconds. */
function endOfString(bytes: Uint8Array, at: number): number {
  for (let quote = bytes.indexOf(QUOTE, at + 1); quote !== -1; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let slashes = 0
    while (bytes[quote - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
  }
  return -1
}
