// How large an answer would be is measured by the real data plane, before anything of it is sent.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ColumnType } from '#protocol/policy/values.ts'
import { clock } from '../clock.ts'
import { makeLog } from '../log.ts'
import { Dialect } from '../policy/dialect.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import { narrow } from './narrow.ts'
import { dataPlane } from './plane.ts'
import { Declined } from './ruling.ts'
import { PlaneProcess, usedDialect } from './testing/plane.ts'

const served = new PlaneProcess()
let plane: DataPlane

beforeAll(async () => {
  await served.start()
  plane = dataPlane({ socket: served.socket, clock, log: makeLog('debug', { write: () => undefined }) })
  const epoch = () => Promise.resolve(1)
  await new Promise<void>((done) => plane.begin(epoch, { ready: done, done: () => undefined }))
}, 60_000)
afterAll(async () => {
  plane.close()
  await served.end()
})

/** What it is refused with; null: it is not. `$1` is a parameter, as in a plan. */
async function refusal(sql: string, most: { rows: number; bytes: number }, columns = COLUMNS): Promise<Declined | null> {
  const statement = { sql, parameters: [{ type: 'integer', value: 7 }] } as const
  return narrow(plane, new Dialect(usedDialect()), 't', { statement, columns }, most).then(
    () => null,
    (error: unknown) => (error instanceof Declined ? error : Promise.reject(error)),
  )
}
const COLUMNS: readonly { name: string; type: ColumnType }[] = [
  { name: 'n', type: 'integer' },
  { name: 'word "x"', type: 'text' },
]
const SQL = `SELECT CAST(i AS BIGINT) AS n, CASE WHEN i % 2 = 0 THEN repeat('é', 50) END AS "word ""x""" FROM generate_series(0, 99999) t(i) WHERE i >= CAST($1 AS BIGINT)`
const FEW = 'SELECT i FROM generate_series(1, CAST($1 AS BIGINT)) t(i)'

test('rows, named with the bytes and both limits', async () => {
  const declined = await refusal(SQL, { rows: 99_992, bytes: 1e9 })
  expect(declined).toMatchObject({
    code: 'too-large',
    filling: { table: 't', rows: '99,993', size: '5.9 MB', limit: '99,992 rows and 954 MB' },
  })
  expect(await refusal(SQL, { rows: 99_993, bytes: 1e9 })).toBeNull()
})

test('bytes: of numbers by their width, of text by how long it is', async () => {
  expect(await refusal(SQL, { rows: 1e6, bytes: 6_000_000 })).toMatchObject({ filling: { size: '5.9 MB' } })
  expect(await refusal(SQL, { rows: 1e6, bytes: 6_400_000 })).toBeNull()
  expect(await refusal(FEW, { rows: 7, bytes: 55 }, [{ name: 'i', type: 'integer' }])).not.toBeNull()
  expect(await refusal(FEW, { rows: 7, bytes: 56 }, [{ name: 'i', type: 'integer' }])).toBeNull()
})

test('nothing, and what cannot be measured', async () => {
  expect(await refusal(`${FEW} WHERE false`, { rows: 0, bytes: 0 }, [{ name: 'i', type: 'integer' }])).toBeNull()
  expect(await refusal('SELECT nothing', { rows: 1, bytes: 1 })).toMatchObject({ code: 'unavailable' })
})
