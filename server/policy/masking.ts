// What a mask makes of a value: the reference that the SQL of every engine is tested against. Each is total: there is no value of
// its type that makes one fail.
import { createHmac } from 'node:crypto'
import type { Mask } from '#protocol/policy/mask.ts'
import { literalValue, type Value } from './evaluate.ts'

export const REDACTED = '***'
export const PARTIAL = 8 // characters that a text must have for four of them to be shown
export const SHOWN = 4
export const DIGITS = 32 // hexadecimal, of a keyed hash
/** Beyond it a bucket would not be exact, and reads null. */
export const BUCKETS = 1_000_000_000_000_000

/** `key`: the workspace's, of 32 bytes. */
export function masked(mask: Mask, value: Value, key: Uint8Array): Value {
  if (mask.kind === 'null') return null
  if (mask.kind === 'redact') return REDACTED
  if (mask.kind === 'constant') return literalValue(mask.value)
  return value === null ? null : maskedValue(mask, value, key)
}

function maskedValue(mask: Mask, value: Exclude<Value, null>, key: Uint8Array): Value {
  switch (mask.kind) {
    case 'generalise':
      return Object.hasOwn(mask.to, String(value)) ? (mask.to[String(value)] ?? null) : mask.otherwise
    case 'bucket':
      return typeof value === 'bigint' ? integerBucket(value, BigInt(mask.size)) : realBucket(Number(value), mask.size)
    case 'year':
      return BigInt(String(value).slice(0, 4))
    case 'hash':
      return createHmac('sha256', key).update(String(value)).digest('hex').slice(0, DIGITS)
    case 'first4':
      return partial(String(value), (points) => `${points.slice(0, SHOWN).join('')}${REDACTED}`)
    case 'last4':
      return partial(String(value), (points) => `${REDACTED}${points.slice(-SHOWN).join('')}`)
    default:
      return null
  }
}

function integerBucket(value: bigint, size: bigint): bigint | null {
  if (value > BigInt(BUCKETS) || value < -BigInt(BUCKETS)) return null
  const rest = ((value % size) + size) % size
  return value - rest
}

function realBucket(value: number, size: number): number | null {
  return Math.abs(value) <= BUCKETS ? Math.floor(value / size) * size : null // NaN: null
}

function partial(text: string, shown: (points: readonly string[]) => string): string {
  const points = [...text]
  return points.length < PARTIAL ? REDACTED : shown(points)
}
