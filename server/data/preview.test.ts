// What a kernel that is a preview is told of tables, decided over the real store and run by the real data plane.
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import type { KernelState } from '#protocol/runner.ts'
import { clock } from '../clock.ts'
import { demoIdentity } from '../identity/demo.ts'
import { readyKernel } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { makeLog } from '../log.ts'
import { DIGITS } from '../policy/masking.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { recheckHoldings } from './holding.ts'
import { workspaceKey } from './key.ts'
import { type Library, makeLibrary } from './library.ts'
import { dataPlane } from './plane.ts'
import { plantTables } from './plant.ts'
import { Reads } from './reads.ts'
import { makeRuling } from './rule.ts'
import type { Ruling } from './ruling.ts'
import { makeTables } from './tables.ts'
import { nobody } from './testing/nobody.ts'
import { PlaneProcess } from './testing/plane.ts'

const AUTHORITIES = 'compliance_authorities'
const INTERNAL = { level: 'internal', markings: [] } as const
const PERSONAL = { level: 'confidential', markings: ['PII'] } as const
const AS = { clearance: INTERNAL, groups: [] } as const
const BELOW = { id: 'm', bound: { all: 'below', label: PERSONAL }, column: 'dest', label: LOWEST } as const
const home = mkdtempSync(join(tmpdir(), 'preview-'))
const served = new PlaneProcess()
const log = makeLog('silent')
const undo: (() => Promise<void>)[] = []
let store: Store
let plane: DataPlane
let library: Library
let ruling: Ruling

beforeAll(async () => {
  await served.start()
  store = openStore(home)
  plane = dataPlane({ socket: served.socket, clock, log })
  ruling = makeRuling({ store, identity: demoIdentity(0), key: workspaceKey(home), now: Date.now })
  const reads = new Reads(ruling, plane)
  await new Promise<void>((done) => plane.begin(ruling.epoch, { ready: done, done: (ended) => void reads.ended(ended) }))
  await plantTables(store, plane, 'p_demo-owner', Date.now(), log)
  library = makeLibrary({ ...nobody, ...makeTables(ruling, reads, plane) }, ruling, log)
}, 60_000)
afterEach(async () => {
  for (const back of undo.splice(0)) await back()
})
afterAll(async () => {
  plane.close()
  await store.close()
  await served.end()
  rmSync(home, { recursive: true, force: true })
})

/** The person's own kernel, which edits, and a preview of theirs. */
const own = (person: string) =>
  readyKernel({ id: `k_own-${person}`, person: `p_demo-${person}` }, served.doorOf(`k_own-${person}`))
const preview = (person: string): KernelState => {
  const id = `k_preview-${person}`
  return readyKernel({ id, person: `p_demo-${person}`, mode: 'run', preview: AS }, served.doorOf(id))
}
// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
type Said = any
const ask = async (kernel: KernelState, call: string, body: object): Promise<Said> =>
  JSON.parse(await library(kernel, JSON.stringify({ call, body })))
const read = (kernel: KernelState, table: string, more: object = {}) =>
  ask(kernel, 'tables.read', { table, columns: null, where: null, limit: null, ...more })
const masks = ({ ok }: Said) => Object.fromEntries(ok.columns.map((column: Said) => [column.name, column.masked]))
const last = async () => (await store.audit.list({ limit: 1 }))[0]?.entry

/** Until the test is over. */
async function rules(table: string, change: Partial<Policy>): Promise<void> {
  const { policy } = await store.governance.policy(table)
  const set = async (value: Policy) => {
    await store.governance.setPolicy(table, value, { by: 'p_demo-owner', at: Date.now(), reason: 'a test' })
    plane.policy(await store.governance.epoch())
    await plane.tables() // it has heard
  }
  await set({ ...policy, ...change })
  undo.push(() => set(policy))
}

/** What the door of a kernel answers to a plan: its last frame. */
function present({ data }: KernelState, { ok }: Said): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(data ?? '', () => socket.write(`${ok.plan}\n`))
    let end = ''
    socket.on('data', (part) => {
      end = (end + part.toString('latin1')).slice(-200)
    })
    socket.on('end', () => done(/\{[^{]*\}$/.exec(end)?.[0] ?? ''))
    socket.on('error', fail)
  })
}

test('it reads what both see, on record as a preview, and counts as that', async () => {
  const seen = { country: null, email: 'redact', phone: 'last4', address: 'null' }
  const answer = await read(preview('analyst'), AUTHORITIES)
  expect(masks(answer)).toMatchObject(seen)
  expect(answer.ok).toMatchObject({ filtered: true, label: INTERNAL })
  expect(await last()).toMatchObject({ kind: 'read-decided', person: 'p_demo-analyst', preview: true })
  const described = await ask(preview('analyst'), 'tables.describe', { table: AUTHORITIES })
  expect(masks(described)).toMatchObject(seen)
  expect(described.ok).toMatchObject({ filtered: true, writable: false })
  expect(await store.governance.label('k_preview-analyst')).toEqual(INTERNAL)

  expect(masks(await read(own('analyst'), AUTHORITIES))).toMatchObject({ email: null, phone: null, address: null })
  expect(await last()).not.toHaveProperty('preview')
})

test('rows are those that both keep: of the colleague’s four countries, those that the profile sees', async () => {
  const within = (...countries: string[]): Policy['rows'][number] => ({
    id: 'few',
    bound: { all: 'outside', group: 'everything' },
    keep: { op: 'in', term: { column: 'country' }, among: countries.map((value) => ({ type: 'text', value })) },
  })
  const { policy } = await store.governance.policy(AUTHORITIES)
  expect(await present(own('colleague'), await read(own('colleague'), AUTHORITIES))).toBe('{"rows": 4}')
  expect(await present(preview('colleague'), await read(preview('colleague'), AUTHORITIES))).toBe('{"rows": 0}') // of an attribute
  await rules(AUTHORITIES, { rows: [{ ...within('DE', 'FR'), bound: { all: 'below', label: PERSONAL } }] })
  expect(await present(own('analyst'), await read(own('analyst'), AUTHORITIES))).toBe('{"rows": 33}')
  expect(await present(preview('analyst'), await read(preview('analyst'), AUTHORITIES))).toBe('{"rows": 2}')
  await rules(AUTHORITIES, { rows: [...policy.rows, within('DE', 'FR')] })
  expect(await present(own('analyst'), await read(own('analyst'), AUTHORITIES))).toBe('{"rows": 2}')
})

test('of what is closed to one of them it says so, in the words of such a reader', async () => {
  const to = (person: string) =>
    ({ id: 'a', to: { who: 'person', person }, right: 'managed-table:read', rows: null, expires: null }) as const
  await rules('planes', { grants: [to('p_demo-analyst')] })
  expect((await read(own('analyst'), 'planes')).ok.filtered).toBe(false)
  const { error } = await read(preview('analyst'), 'planes')
  expect(error).toMatchObject({ code: 'table-ungranted', message: expect.stringMatching(/^In this preview: .*“planes”.*Owner/) })
  expect(await last()).toMatchObject({ table: 'planes', preview: true, decision: { allowed: false, why: 'ungranted' } })
  const listed = async (kernel: KernelState) =>
    (await ask(kernel, 'tables.list', {})).ok.tables.find(({ name }: Said) => name === 'planes')?.readable
  expect([await listed(own('analyst')), await listed(preview('analyst'))]).toEqual([true, false])
})

test('what is hidden from such a reader is not there, in a list or by its name', async () => {
  const table = await store.governance.table('airlines')
  if (!table) return expect.unreachable()
  const edit = { by: 'p_demo-owner', at: Date.now(), reason: 'a test' }
  await store.governance.changeTable({ ...table, hidden: true, label: PERSONAL }, edit)
  const names = async (kernel: KernelState) => (await ask(kernel, 'tables.list', {})).ok.tables.map(({ name }: Said) => name)
  expect(await names(own('analyst'))).toContain('airlines')
  expect(await names(preview('analyst'))).not.toContain('airlines')
  const alike = async (name: string) => {
    const { error } = await read(preview('analyst'), name)
    return JSON.stringify({ ...error, id: '' }).replaceAll(name, '…')
  }
  expect(await alike('airlines')).toBe(await alike('nowhere'))
  await store.governance.changeTable(table, edit)
})

test('it ends when either may not see any more what it holds, and not before', async () => {
  const stopped: string[] = []
  const kernels = { ...memoryKernels(Date.now), list: () => [own('analyst'), preview('analyst')] }
  const recheck = () => recheckHoldings(kernels, ruling, async ({ spec }) => void stopped.push(spec.id), log)
  await store.governance.dropLabel('k_own-analyst')
  await store.governance.dropLabel('k_preview-analyst')
  for (const kernel of kernels.list()) await read(kernel, 'flights', { columns: ['dest'] })
  await recheck()
  expect(stopped).toEqual([])
  await rules('flights', { masks: [{ ...BELOW, mask: { kind: 'null' } }] })
  await recheck()
  expect(stopped).toEqual(['k_preview-analyst'])
})

test('its hashes are its own: whoever sees a value learns no hash that stands elsewhere', async () => {
  await rules('flights', { masks: [{ ...BELOW, mask: { kind: 'hash' } }] })
  const value = createHmac('sha256', ruling.key).update('LAX').digest('hex').slice(0, DIGITS)
  const where = { op: 'eq', left: { column: 'dest' }, right: { literal: { type: 'text', value } } }
  const rows = async (kernel: KernelState) => present(kernel, await read(kernel, 'flights', { columns: ['dest'], where }))
  expect(await rows(own('colleague'))).toBe('{"rows": 16174}')
  expect(await rows(preview('analyst'))).toBe('{"rows": 0}')
})
