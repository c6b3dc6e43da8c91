// A catalogue of many tables, each with a policy of its own, in a real store; and what is decided of one of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOWEST } from '../../protocol/policy/label.ts'
import type { Policy, Table } from '../../protocol/policy/policy.ts'
import type { ColumnType } from '../../protocol/policy/values.ts'
import { makeRuling } from '../../server/data/rule.ts'
import type { Ruling } from '../../server/data/ruling.ts'
import { look } from '../../server/data/sight.ts'
import { demoIdentity } from '../../server/identity/demo.ts'
import type { View } from '../../server/policy/decide.ts'
import { type Dialect, quoted } from '../../server/policy/dialect.ts'
import { statement, understand } from '../../server/policy/question.ts'
import { summarise, summaryStatement } from '../../server/policy/summary.ts'
import type { Statement } from '../../server/seams/dataPlane.ts'
import { openStore } from '../../server/store/sqlite.ts'

const PERSON = 'p_demo-colleague'
const OWNER = 'p_demo-owner'
const KEY = Buffer.alloc(32, 7)
const TYPES: Readonly<Record<string, ColumnType>> = {
  id: 'integer',
  name: 'text',
  email: 'text',
  land: 'text',
  amount: 'integer',
  score: 'real',
  at: 'timestamp',
  flag: 'boolean',
}
const tableOf = (name: string): Table => ({
  name,
  owner: OWNER,
  description: '',
  hidden: false,
  label: LOWEST,
  columns: Object.entries(TYPES).map(([column, type]) => ({ name: column, type, label: LOWEST, description: '' })),
})
/** Two columns are masked, and one row in five is left out. */
const POLICY: Policy = {
  grants: [{ id: 'members-read', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [
    { id: 'lands', bound: { all: 'everybody' }, keep: { op: 'in', term: { column: 'land' }, among: { attribute: 'lands' } } },
  ],
  masks: [
    { id: 'mail', bound: { all: 'everybody' }, column: 'email', mask: { kind: 'last4' }, label: LOWEST },
    { id: 'amount', bound: { all: 'everybody' }, column: 'amount', mask: { kind: 'bucket', size: 100 }, label: LOWEST },
  ],
}

export type Catalogue = { readonly ruling: Ruling; close(): Promise<void> }

export async function catalogue(tables: number): Promise<Catalogue> {
  const home = mkdtempSync(join(tmpdir(), 'catalogue-'))
  const store = openStore(home)
  const edit = { by: OWNER, at: 0, reason: 'measured' } as const
  for (let number = 0; number < tables; number += 1) {
    await store.governance.addTable(tableOf(nameOf(number)), 0)
    await store.governance.setPolicy(nameOf(number), POLICY, edit)
  }
  const attributes = { lands: ['AT', 'CH', 'DE', 'LI'] }
  await store.governance.setSubject(PERSON, { clearance: LOWEST, groups: [], attributes }, edit)
  const ruling = makeRuling({ store, identity: demoIdentity(0), key: KEY, now: Date.now })
  const close = async () => {
    await store.close()
    rmSync(home, { recursive: true })
  }
  return { ruling, close }
}

export const nameOf = (number: number) => (number === 0 ? 'readings' : `table ${number}`)

async function seen(ruling: Ruling, name: string): Promise<View> {
  const looked = await look(ruling, name, await ruling.subject(PERSON))
  if (!looked.ok) throw new Error(looked.why)
  return looked.sight.view
}

/** The decision of a read, and its SQL. */
export async function reading(
  ruling: Ruling,
  name: string,
  dialect: Dialect,
  columns: string[] | null = null,
): Promise<Statement> {
  const view = await seen(ruling, name)
  const answer = understand(view, { columns, where: null, limit: 10_000_000 })
  if (!answer.ok) throw new Error(answer.why)
  return statement(view, answer.understood, quoted(name), dialect, ruling.key)
}

/** The same of a sum of amounts by land. */
export async function summing(ruling: Ruling, name: string, dialect: Dialect): Promise<Statement> {
  const view = await seen(ruling, name)
  const summaries = [{ as: 'sum', of: 'sum', column: 'amount' }] as const
  const answer = summarise(view, { by: ['land'], summaries, where: null, order: [], limit: null })
  if (!answer.ok) throw new Error(answer.why)
  return summaryStatement(view, answer.summed, quoted(name), dialect, ruling.key)
}
