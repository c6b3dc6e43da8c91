// What the library in a kernel (python/scrydon) may ask of the gateway, over the kernel's control socket: one JSON line each way.
// The socket is the identity: no call names a person, a kernel or a right. Bytes of tables never come this way: a read answers
// with a plan, which the kernel presents to the data plane.
import * as z from 'zod/mini'
import { ErrorId, KernelId } from './ids.ts'
import { ColumnName, Expr } from './policy/expr.ts'
import { Label } from './policy/label.ts'
import { TableName } from './policy/policy.ts'
import { COLUMN_TYPES } from './policy/values.ts'
import { KiB, MiB } from './size.ts'

export const LIBRARY = {
  ask: 256 * KiB, // one request line
  answer: 4 * MiB, // one answer line
  columns: 1600, // of one read
  connections: 16, // of one kernel at once; the next is closed
  deadline: 30_000, // ms until an answer
} as const

const Columns = z.readonly(z.array(ColumnName).check(z.minLength(1), z.maxLength(LIBRARY.columns)))

/** A column as the caller sees it: `masked` names the mask's kind. */
const ColumnView = z.strictObject({
  name: z.string(),
  type: z.enum(COLUMN_TYPES),
  masked: z.nullable(z.string()),
  description: z.string(),
})

const Listed = z.strictObject({ name: z.string(), owner: z.string(), description: z.string(), readable: z.boolean() })
const Described = z.strictObject({
  name: z.string(),
  owner: z.string(),
  description: z.string(),
  label: Label,
  columns: z.array(ColumnView),
  filtered: z.boolean(), // rows are left out for the caller
  writable: z.boolean(),
})

/** Present it once, within `seconds`, at the data socket. */
const Planned = z.strictObject({
  plan: z.string(),
  columns: z.array(ColumnView),
  filtered: z.boolean(),
  label: Label,
})

export const SUMMARIES = ['count', 'sum', 'min', 'max', 'mean'] as const
export type Summary = (typeof SUMMARIES)[number]

/** `column` null: of rows, for count only. `as`: the name of what arrives. */
const Summed = z.strictObject({ as: ColumnName, of: z.enum(SUMMARIES), column: z.nullable(ColumnName) })
const Ordered = z.strictObject({ by: ColumnName, descending: z.boolean() })

/** Comparisons of a question speak of columns and literals; what is masked is compared as masked. */
export const LIBRARY_CALLS = {
  'tables.list': { ask: z.strictObject({}), answer: z.strictObject({ tables: z.array(Listed) }) },
  'tables.describe': { ask: z.strictObject({ table: TableName }), answer: Described },
  'tables.read': {
    ask: z.strictObject({
      table: TableName,
      columns: z.nullable(Columns), // null: all that the caller may see
      where: z.nullable(Expr),
      limit: z.nullable(z.int().check(z.gte(0))), // null: all, within the limits of a read
    }),
    answer: Planned,
  },
  'tables.query': {
    ask: z.strictObject({
      table: TableName,
      by: z.readonly(z.array(ColumnName).check(z.maxLength(32))), // one row for each that is met; none: one row
      summaries: z.readonly(z.array(Summed).check(z.minLength(1), z.maxLength(64))),
      where: z.nullable(Expr),
      order: z.readonly(z.array(Ordered).check(z.maxLength(8))), // by what arrives
      limit: z.nullable(z.int().check(z.gte(0))),
    }),
    answer: Planned,
  },
} as const
export type LibraryCall = keyof typeof LIBRARY_CALLS

/** `message`: one sentence for the person, with whom to ask. Never a value of data. */
export const LibraryRefusal = z.strictObject({ code: z.string(), message: z.string(), id: z.optional(ErrorId) })
export type LibraryRefusal = z.infer<typeof LibraryRefusal>

/** Between runner and gateway, on the `library` channel: a line of a kernel, and its answer. */
export const RelayedAsk = z.strictObject({ call: z.int(), kernel: KernelId, line: z.string() })
export const RelayedAnswer = z.strictObject({ call: z.int(), line: z.string() })

export const LibraryAsk = z.strictObject({ call: z.string(), body: z.unknown() })
