// What `scrydon.tables` asks. Bytes of tables never come this way: a read answers with a plan, which the kernel presents to the
// data plane.
import * as z from 'zod/mini'
import { ColumnName, Expr } from '../policy/expr.ts'
import { Label } from '../policy/label.ts'
import { TableName } from '../policy/policy.ts'
import { COLUMN_TYPES } from '../policy/values.ts'

const COLUMNS = 1600 // of one read

const Columns = z.readonly(z.array(ColumnName).check(z.minLength(1), z.maxLength(COLUMNS)))

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
export const TABLES_CALLS = {
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
