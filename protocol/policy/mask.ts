// Column masks: closed data, one per rule. What each makes of which type is a total table; what two of them make together is
// the stricter one.
import * as z from 'zod/mini'
import { type ColumnType, Literal } from './values.ts'

const MAPPED = 1000 // values of one generalisation
const Word = z.string().check(
  z.maxLength(200),
  z.refine((text) => !text.includes('\0') && text.isWellFormed()),
)

export const Mask = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('null') }),
  z.strictObject({ kind: z.literal('redact') }), // every value reads ***
  z.strictObject({ kind: z.literal('constant'), value: Literal }),
  z.strictObject({
    kind: z.literal('generalise'),
    to: z.record(Word, Word).check(z.refine((to) => Object.keys(to).length <= MAPPED)),
    otherwise: z.nullable(Word),
  }),
  z.strictObject({ kind: z.literal('bucket'), size: z.int().check(z.gte(1), z.lte(1_000_000_000)) }), // its lower bound
  z.strictObject({ kind: z.literal('year') }),
  z.strictObject({ kind: z.literal('hash') }), // HMAC-SHA-256 under the workspace's key, 32 hexadecimal digits
  z.strictObject({ kind: z.literal('first4') }), // of eight characters or more; else ***
  z.strictObject({ kind: z.literal('last4') }),
])
export type Mask = z.infer<typeof Mask>
export type MaskKind = Mask['kind']

/** The strictest first. */
export const STRICTNESS = [
  'null',
  'redact',
  'constant',
  'generalise',
  'bucket',
  'year',
  'hash',
  'first4',
  'last4',
] as const satisfies readonly MaskKind[]

const same = { text: 'text', integer: 'integer', real: 'real', boolean: 'boolean', date: 'date', timestamp: 'timestamp' } as const
const all = (type: ColumnType) => ({ text: type, integer: type, real: type, boolean: type, date: type, timestamp: type }) as const
const only = (types: Partial<Record<ColumnType, ColumnType>>): Record<ColumnType, ColumnType | null> => ({
  text: null,
  integer: null,
  real: null,
  boolean: null,
  date: null,
  timestamp: null,
  ...types,
})

/** What a masked column is of; null: the mask does not fit such a column. */
const TYPES: Record<Exclude<MaskKind, 'constant'>, Record<ColumnType, ColumnType | null>> = {
  null: same,
  redact: all('text'),
  generalise: only({ text: 'text' }),
  bucket: only({ integer: 'integer', real: 'real' }),
  year: only({ date: 'integer', timestamp: 'integer' }),
  hash: only({ text: 'text', integer: 'text' }),
  first4: only({ text: 'text' }),
  last4: only({ text: 'text' }),
}

export const maskedType = (mask: Mask, type: ColumnType): ColumnType | null =>
  mask.kind === 'constant' ? mask.value.type : TYPES[mask.kind][type]

/** Two masks on one column: the stricter; where two of a kind differ, what both allow. */
export function stricter(one: Mask, other: Mask): Mask {
  const order = STRICTNESS.indexOf(one.kind) - STRICTNESS.indexOf(other.kind)
  if (order !== 0) return order < 0 ? one : other
  if (one.kind === 'bucket' && other.kind === 'bucket') {
    const [fine, coarse] = one.size <= other.size ? [one, other] : [other, one]
    return coarse.size % fine.size === 0 ? coarse : { kind: 'null' }
  }
  return alike(one, other) ? one : { kind: 'null' }
}

function alike(one: Mask, other: Mask): boolean {
  if (one.kind === 'constant' && other.kind === 'constant')
    return one.value.type === other.value.type && one.value.value === other.value.value
  if (one.kind !== 'generalise' || other.kind !== 'generalise') return one.kind === other.kind
  const [left, right] = [Object.entries(one.to), other.to]
  const covered = left.every(([from, to]) => Object.hasOwn(right, from) && right[from] === to)
  return one.otherwise === other.otherwise && covered && left.length === Object.keys(right).length
}
