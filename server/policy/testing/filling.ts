// Rows of arbitrary.ts as a table of an engine.
import type { ColumnType } from '#protocol/policy/values.ts'
import type { Statement } from '../../seams/dataPlane.ts'
import { type Dialect, quoted } from '../dialect.ts'
import type { Row, Value } from '../evaluate.ts'
import { COLUMNS } from './arbitrary.ts'

const TYPES = { text: 'TEXT', integer: 'BIGINT', real: 'FLOAT8', boolean: 'BOOLEAN', date: 'DATE', timestamp: 'TIMESTAMP' }
type Bound = { type: ColumnType; value: unknown }

/** A new table of this name, with the position of each row first (`at`). */
export function filling(table: string, rows: readonly Row[], dialect: Dialect, columns = COLUMNS): readonly Statement[] {
  const declared = columns.map(({ name, type }) => `${quoted(name)} ${TYPES[type]}`).join(', ')
  const insert = (values: Row, at: number): Statement => {
    const parameters: Bound[] = []
    const places = columns.map(({ name, type }) => place(values[name] ?? null, type, parameters, dialect))
    return {
      sql: `INSERT INTO ${table} VALUES (${[at, ...places].join(', ')})`,
      parameters: parameters as Statement['parameters'],
    }
  }
  const drop = { sql: `DROP TABLE IF EXISTS ${table}`, parameters: [] }
  const make = { sql: `CREATE TABLE ${table} ("at" BIGINT, ${declared})`, parameters: [] }
  return [drop, make, ...rows.map(insert)]
}

function place(value: Value, type: ColumnType, parameters: Bound[], dialect: Dialect): string {
  if (value === null) return 'NULL'
  if (typeof value === 'bigint') return `CAST('${value}' AS BIGINT)`
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return `CAST('${Object.is(value, -0) ? '-0.0' : value}' AS FLOAT8)`
  parameters.push({ type, value })
  return dialect.place(parameters.length, type)
}
