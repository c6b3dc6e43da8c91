// Unsigned varints, seven bits a byte, low bits first, at most 2^53 - 1. One encoding per number: a longer one is refused,
// so the length of a value read is the length it was written with and readers need no cursor object.
const MAX_BYTES = 8

export function varintLength(value: number): number {
  if (value < 0x80) return 1
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** Writes at `at` and returns the offset after it. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let rest = value
  let offset = at
  while (rest >= 0x80) {
    into[offset++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  into[offset++] = rest
  return offset
}

/** The number at `at`, or a negative one: TRUNCATED where the bytes end inside it, MALFORMED where it is no varint. */
export function readVarint(bytes: Uint8Array, at: number): number {
  let value = 0
  let unit = 1
  for (let index = 0; index < MAX_BYTES; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) return TRUNCATED
    value += (byte & 0x7f) * unit
    if (byte < 0x80) return (byte === 0 && index > 0) || value > Number.MAX_SAFE_INTEGER ? MALFORMED : value
    unit *= 0x80
  }
  return MALFORMED
}
export const TRUNCATED = -1
export const MALFORMED = -2
