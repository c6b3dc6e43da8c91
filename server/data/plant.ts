// The demo workspace's catalogue, planted once: the tables that the data plane came with, their policies, and what people are
// cleared for.
import * as z from 'zod/mini'
import { COLUMN_TYPES } from '#protocol/policy/values.ts'
import type { Log } from '../log.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Store } from '../seams/store.ts'
import { PEOPLE, policyOf, tableOf, WORKSPACE } from './demo.ts'

const PLANTED = 'tables planted'
const REASON = 'The demo workspace'
const Columns = z.array(z.tuple([z.string(), z.enum(COLUMN_TYPES)]))

export async function plantTables(store: Store, plane: DataPlane, owner: string, now: number, log: Log): Promise<void> {
  if (await store.done(PLANTED)) return
  const found = await plane.tables()
  if (found === null) return // it went again: at its next coming
  const edit = { by: owner, at: now, reason: REASON }
  const { governance } = store
  for (const [name, columns] of Object.entries(found)) {
    const table = tableOf(name, Columns.parse(columns))
    if (table === null) continue
    await governance.addTable(table, now)
    await governance.setPolicy(name, policyOf(name), edit)
  }
  for (const [person, standing] of Object.entries(PEOPLE)) await governance.setSubject(person, standing, edit)
  await governance.setWorkspace(WORKSPACE, edit)
  plane.policy(await governance.epoch())
  await store.markDone(PLANTED, now)
  log.info({ tables: Object.keys(found).length }, 'tables planted')
}
