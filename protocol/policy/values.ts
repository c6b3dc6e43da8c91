// The types a column may have, as policies and engines speak of them, and literals of each. Integers are 64 bit, reals IEEE
// doubles, text Unicode without NUL, compared by code point; a timestamp has microseconds and no zone.
import * as z from 'zod/mini'

export const COLUMN_TYPES = ['text', 'integer', 'real', 'boolean', 'date', 'timestamp'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

const TEXT = 1000 // characters of one literal
const DATE = /^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const TIMESTAMP = /^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}$/

const wellFormed = (text: string) => !text.includes('\0') && text.isWellFormed()
const inCalendar = (text: string) => {
  const day = text.slice(0, 10)
  const parsed = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day)
}

export const Literal = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), value: z.string().check(z.maxLength(TEXT), z.refine(wellFormed)) }),
  z.strictObject({ type: z.literal('integer'), value: z.int() }),
  z.strictObject({ type: z.literal('real'), value: z.number() }),
  z.strictObject({ type: z.literal('boolean'), value: z.boolean() }),
  z.strictObject({ type: z.literal('date'), value: z.string().check(z.regex(DATE), z.refine(inCalendar)) }),
  z.strictObject({ type: z.literal('timestamp'), value: z.string().check(z.regex(TIMESTAMP), z.refine(inCalendar)) }),
])
export type Literal = z.infer<typeof Literal>
