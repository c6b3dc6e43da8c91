// Where a mark stands in bytes, in whatever form: as text in three encodings, as hexadecimal digits, in base64 at each alignment, and in what
// was compressed, itself in base64 or not.
import { hash } from 'node:crypto'
import { constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'

const DEEP = 3 // what was compressed, in base64, in what was compressed
const MOST = 64 * 1024 * 1024 // bytes that one piece unpacks to
const RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST } // a piece may be cut off

type Needle = { readonly form: string; readonly bytes: Buffer }
type Packing = { readonly form: string; readonly magic: readonly Buffer[]; unpack(bytes: Uint8Array): Buffer }

const PACKINGS: readonly Packing[] = [
  { form: 'gzip', magic: [Buffer.from('1f8b08', 'hex')], unpack: (bytes) => gunzipSync(bytes, FLUSH) },
  {
    form: 'zlib',
    magic: ['7801', '785e', '789c', '78da'].map((magic) => Buffer.from(magic, 'hex')),
    unpack: (bytes) => inflateSync(bytes, FLUSH),
  },
  {
    form: 'zstd',
    magic: [Buffer.from('28b52ffd', 'hex')],
    unpack: (bytes) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush, maxOutputLength: MOST }),
  },
]

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const ENCODINGS = {
  plain: (text: string) => Buffer.from(text),
  'utf-16le': (text: string) => Buffer.from(text, 'utf16le'),
  'utf-16be': swapped,
} as const

/** The digits that are the same whatever stands before and after. */
function digitsOf(bytes: Buffer, offset: number): string {
  const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
}

function needlesOf(mark: string): Needle[] {
  const texts = Object.entries(ENCODINGS).map(([form, encode]) => ({ form, bytes: encode(mark) }))
  const digits = texts.flatMap(({ form, bytes }) =>
    [0, 1, 2].map((offset) => ({ form: `base64+${offset} ${form}`, bytes: Buffer.from(digitsOf(bytes, offset)) })),
  )
  const hexadecimal = { form: 'hexadecimal', bytes: Buffer.from(Buffer.from(mark).toString('hex')) }
  return [...texts, ...digits, hexadecimal]
}

/** The forms in which a mark stands in bytes; none: it does not. Letters and digits only: base64 has two alphabets for the rest. */
export type Search = (bytes: Uint8Array) => string[]

export function searchFor(mark: string): Search {
  const needles = needlesOf(mark)
  const look = (bytes: Buffer, deep: number): string[] => {
    const here = needles.filter((needle) => bytes.includes(needle.bytes)).map(({ form }) => form)
    const inside = deep === 0 ? [] : [...unpacked(bytes), ...decoded(bytes)]
    const below = inside.flatMap(({ form, bytes }) => look(bytes, deep - 1).map((found) => `${form} ${found}`))
    return [...new Set([...here, ...below])]
  }
  const known = new Map<string, string[]>() // the same files come to every page
  return (bytes) => {
    const digest = hash('sha256', bytes)
    const found = known.get(digest) ?? look(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), DEEP)
    known.set(digest, found)
    return found
  }
}

function unpacked(bytes: Buffer): Needle[] {
  return PACKINGS.flatMap(({ form, magic, unpack }) =>
    magic
      .flatMap((start) => places(bytes, start))
      .flatMap((at) => {
        try {
          return [{ form, bytes: unpack(bytes.subarray(at)) }]
        } catch {
          return [] // looked like it
        }
      }),
  )
}

function places(bytes: Buffer, start: Buffer): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(start); at >= 0; at = bytes.indexOf(start, at + 1)) found.push(at)
  return found
}

/** Only what holds something compressed: the rest is found as it stands. */
function decoded(bytes: Buffer): Needle[] {
  const runs = bytes.toString('latin1').matchAll(RUN)
  return [...runs].flatMap(([run]) =>
    [0, 1, 2, 3]
      .map((offset) => Buffer.from(run.slice(offset), 'base64'))
      .filter((body) => PACKINGS.some(({ magic }) => magic.some((start) => body.includes(start))))
      .map((body) => ({ form: 'base64', bytes: body })),
  )
}
