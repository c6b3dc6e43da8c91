// A read without a limit is measured before it is planned: its rows are counted, its bytes are estimated from the first of them. Too
// large an answer says so, with both figures, before a row is sent. What an estimate misses, the data plane cuts.

import { READ } from '#protocol/limits.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import { sizeText } from '#protocol/size.ts'
import { type Dialect, quoted } from '../policy/dialect.ts'
import type { DataPlane, Statement } from '../seams/dataPlane.ts'
import { counted } from '../text.ts'
import { Declined } from './ruling.ts'

type Columns = readonly { readonly name: string; readonly type: ColumnType }[]
type Most = { readonly rows: number; readonly bytes: number }
type Measured = { readonly statement: Statement; readonly columns: Columns }

const SAMPLE = 10_000 // rows that are looked at
/** Bytes of a value as it is sent; of text its end, to which its length comes. */
const WIDTH: Record<ColumnType, number> = { text: 4, integer: 8, real: 8, boolean: 1, date: 4, timestamp: 8 }

export async function narrow(
  plane: DataPlane,
  dialect: Dialect,
  table: string,
  measured: Measured,
  most: Most = READ,
): Promise<void> {
  const { rows, bytes } = await measure(plane, dialect, measured)
  if (rows <= most.rows && bytes <= most.bytes) return
  const limit = `${counted(most.rows)} rows and ${sizeText(most.bytes)}`
  throw new Declined('too-large', { table, rows: counted(rows), size: sizeText(bytes), limit })
}

async function measure(plane: DataPlane, dialect: Dialect, { statement, columns }: Measured): Promise<Most> {
  const { sql, parameters } = statement
  const texts = columns.filter(({ type }) => type === 'text')
  const lengths = texts.map(({ name }) => `COALESCE(${dialect.size(quoted(name))}, 0)`)
  const length = `SELECT CAST(AVG(${lengths.length === 0 ? '0' : lengths.join(' + ')}) AS DOUBLE PRECISION)`
  const sampled = `${length} FROM (SELECT * FROM (${sql}) AS answer LIMIT ${SAMPLE}) AS sample`
  const both = `SELECT (SELECT COUNT(*) FROM (${sql}) AS counted), (${sampled})`
  const answer = await plane.ask({ sql: both, parameters }, READ.seconds)
  const [rows, text] = answer.type === 'rows' ? (answer.rows[0] ?? []).map(Number) : []
  if (rows === undefined || text === undefined || Number.isNaN(rows + text)) throw new Declined('unavailable', {})
  const row = columns.reduce((sum, { type }) => sum + WIDTH[type], text)
  return { rows, bytes: Math.round(rows * row) }
}
