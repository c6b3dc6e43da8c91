// A table with a row that a policy hides and a column that it masks, read as a kernel reads: by a plan, at a door. What must stay
// invisible is looked for in every byte that arrives. A policy that is not applied shows itself here, before anybody's read.
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import { decide } from '../policy/decide.ts'
import { Dialect, quoted } from '../policy/dialect.ts'
import { statement, understand } from '../policy/question.ts'
import type { Subject } from '../policy/subject.ts'
import { aboutTable, type DataPlane, type DialectName, type Statement } from '../seams/dataPlane.ts'

/** `unproven`: it could not be read, so nothing is known. */
export type Canary = 'invisible' | 'seen' | 'unproven'

const NAME = 'scrydon_canary' // python/dataplane/canary.py plants it
const SHOWN = 'shown'
const LIFE = 5 // seconds, of the plan and of the look at it
const BYTES = 1 << 16 // of the whole answer
const MS = 1000

const WHO: Subject = { person: 'p_canary-0000', member: true, groups: [], attributes: {}, clearance: LOWEST }
const column = (name: string) => ({ name, type: 'text', label: LOWEST, description: '' }) as const
const TABLE: Table = {
  name: NAME,
  owner: WHO.person,
  description: '',
  hidden: true,
  label: LOWEST,
  columns: [column('row'), column('secret')],
}
const all = { all: 'everybody' } as const
export const POLICY: Policy = {
  grants: [{ id: 'canary', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [
    { id: 'row', bound: all, keep: { op: 'eq', left: { column: 'row' }, right: { literal: { type: 'text', value: SHOWN } } } },
  ],
  masks: [{ id: 'mask', bound: all, column: 'secret', mask: { kind: 'redact' }, label: LOWEST }],
}
const Rows = z.array(z.tuple([z.string(), z.string()])).check(z.minLength(2))

/** `folder`: of the gateway's own, where a door may be made. `policy`: another one for the test that it can be seen. */
export async function lookForCanary(plane: DataPlane, epoch: number, folder: string, policy = POLICY): Promise<Canary> {
  const spoken = plane.dialect()
  if (spoken === null) return 'unproven'
  const planted = await plane.ask(
    { sql: `SELECT ${quoted('row')}, ${quoted('secret')} FROM ${quoted(NAME)}`, parameters: [] },
    LIFE,
  )
  const rows = Rows.safeParse(planted.type === 'rows' ? planted.rows : null)
  if (!rows.success) return 'unproven'
  const answer = await readAsKernel(plane, epoch, folder, compiled(policy, spoken))
  const hidden = rows.data.flatMap(([row, secret]) => (row === SHOWN ? [secret] : [row, secret]))
  if (hidden.some((value) => answer.includes(value))) return 'seen'
  return answer.includes(SHOWN) && answer.includes('"rows": 1}') ? 'invisible' : 'unproven'
}

function compiled(policy: Policy, spoken: DialectName): Statement {
  const decision = decide(TABLE, policy, WHO, 0)
  const asked = decision.ok ? understand(decision.view, { columns: null, where: null, limit: null }) : null
  if (!decision.ok || !asked?.ok) throw new Error('the policy of the canary does not stand')
  return statement(decision.view, asked.understood, quoted(NAME), new Dialect(spoken), randomBytes(32))
}

async function readAsKernel(plane: DataPlane, policy: number, folder: string, asked: Statement): Promise<string> {
  const kernel = 'k_canary00000'
  const own = join(folder, kernel)
  const path = join(own, 'data')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const limits = { life: LIFE, seconds: LIFE, rows: 10, size: BYTES, policy, rights: 1, about: [aboutTable(NAME)] }
  const plan = { id: `q_${randomBytes(16).toString('base64url')}`, kernel, ...asked, ...limits }
  try {
    const taken = (await plane.open(kernel, path, 1)) === 'taken' && (await plane.plan(plan)) === 'taken'
    return taken ? await present(path, plan.id) : ''
  } finally {
    plane.forget(kernel)
    rmSync(own, { recursive: true, force: true })
  }
}

async function present(path: string, plan: string): Promise<string> {
  const socket = connect(path, () => socket.write(`${plan}\n`))
  socket.setTimeout(LIFE * MS, () => socket.destroy())
  let answer = ''
  try {
    for await (const part of socket) {
      answer += (part as Buffer).toString('latin1')
      if (answer.length > BYTES) break
    }
  } catch {
    return ''
  }
  return answer
}
