// What `scrydon.tables.write` asks: for a plan, which the kernel presents to the data plane with what it hands over, and then what
// came of it.
import * as z from 'zod/mini'
import { ColumnName } from '../policy/expr.ts'
import { TableName } from '../policy/policy.ts'
import { COLUMN_TYPES } from '../policy/values.ts'

const COLUMNS = 1600 // of one write

/** Made up by the library, for each write: asked twice, it happens once. */
export const WriteId = z.string().check(z.regex(/^w_[A-Za-z0-9_-]{20,40}$/))
export const MODES = ['append', 'create', 'replace'] as const
export type WriteMode = (typeof MODES)[number]

/** `type` null: there is no value that says which. */
const Offered = z.strictObject({ name: ColumnName, type: z.nullable(z.enum(COLUMN_TYPES)) })
const Expected = z.strictObject({ name: z.string(), type: z.enum(COLUMN_TYPES) })
const asked = { write: WriteId, table: TableName, mode: z.enum(MODES) }

export const WRITES_CALLS = {
  /** Present the plan once, with these columns in this order, each of this type (python/dataplane/intake.py). */
  'tables.write': {
    ask: z.strictObject({ ...asked, columns: z.readonly(z.array(Offered).check(z.minLength(1), z.maxLength(COLUMNS))) }),
    answer: z.strictObject({ plan: z.string(), columns: z.array(Expected) }),
  },
  /** `waits`: nothing has come of it yet, ask again. `table`: what it is called. */
  'tables.written': {
    ask: z.strictObject(asked),
    answer: z.discriminatedUnion('state', [
      z.strictObject({ state: z.literal('waits') }),
      z.strictObject({ state: z.literal('written'), table: TableName, rows: z.int() }),
    ]),
  },
} as const
