// What kernels ask, decided by the real store's policies and run by the real data plane.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import type { KernelState } from '#protocol/runner.ts'
import { clock } from '../clock.ts'
import { demoIdentity } from '../identity/demo.ts'
import { readyKernel } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { makeLog } from '../log.ts'
import type { DataPlane, DialectName } from '../seams/dataPlane.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { recheckHoldings } from './holding.ts'
import { workspaceKey } from './key.ts'
import { type Library, makeLibrary } from './library.ts'
import { sightOf } from './overview.ts'
import { dataPlane } from './plane.ts'
import { plantTables } from './plant.ts'
import { Reads } from './reads.ts'
import { makeRuling } from './rule.ts'
import type { Ruling } from './ruling.ts'
import { makeTables } from './tables.ts'
import { nobody } from './testing/nobody.ts'
import { PlaneProcess } from './testing/plane.ts'
import { makeWrites, Writes } from './writes.ts'
import { makeWriting } from './writing.ts'

const AUTHORITIES = 'compliance_authorities'
const OWNER = 'p_demo-owner'
const INTERNAL = { level: 'internal', markings: [] } as const
const PERSONAL = { level: 'confidential', markings: ['PII'] } as const
const home = mkdtempSync(join(tmpdir(), 'tables-'))
const served = new PlaneProcess()
const said: string[] = []
const log = makeLog('debug', { write: (line) => void said.push(line) })
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
  await plantTables(store, plane, OWNER, Date.now(), log)
  const writes = makeWrites(new Writes(ruling, makeWriting(store, Date.now), plane, clock, log))
  library = makeLibrary({ ...nobody, ...makeTables(ruling, reads, plane), ...writes }, ruling, log)
}, 60_000)
afterAll(async () => {
  plane.close()
  await store.close()
  await served.end()
  rmSync(home, { recursive: true, force: true })
})

const kernelOf = (person: string, data: string | null = served.doorOf(`k_test-${person}`)): KernelState =>
  readyKernel({ id: `k_test-${person}`, person: `p_demo-${person}` }, data)

// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
type Said = any
const ask = async (person: string, call: string, body: unknown): Promise<Said> =>
  JSON.parse(await library(kernelOf(person), JSON.stringify({ call, body })))
const read = (person: string, more: object = {}, table = AUTHORITIES) =>
  ask(person, 'tables.read', { table, columns: null, where: null, limit: null, ...more })

/** What the door of a kernel answers to a plan: its last frame. */
function present(person: string, plan: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(served.doorOf(`k_test-${person}`), () => socket.write(`${plan}\n`))
    let end = ''
    socket.on('data', (part) => {
      end = (end + part.toString('latin1')).slice(-200)
    })
    socket.on('end', () => done(/\{[^{]*\}$/.exec(end)?.[0] ?? ''))
    socket.on('error', fail)
  })
}
const masks = ({ ok }: Said) => Object.fromEntries(ok.columns.map((column: Said) => [column.name, column.masked]))

describe('a read', () => {
  test('each sees what policies leave them: columns as masked, rows as filtered', async () => {
    const [analyst, colleague] = [await read('analyst'), await read('colleague')]
    expect(masks(analyst)).toMatchObject({ country: null, email: null, phone: null, address: null })
    expect(masks(colleague)).toMatchObject({ country: null, email: 'redact', phone: 'last4', address: 'null' })
    expect([analyst.ok.filtered, colleague.ok.filtered]).toEqual([false, true])
    expect(await present('analyst', analyst.ok.plan)).toBe('{"rows": 33}')
    expect(await present('colleague', colleague.ok.plan)).toBe('{"rows": 4}')
  })

  test('what raised a kernel’s label is said: the workspace, or the table that was read above the others', async () => {
    await store.governance.dropLabel('k_test-analyst')
    await read('analyst', { columns: ['carrier'] }, 'flights')
    const seen = async () => sightOf(ruling, kernelOf('analyst'), async () => null)
    const raised = [
      { of: 'workspace', label: INTERNAL },
      { of: 'table', name: 'flights', label: INTERNAL },
    ]
    expect(await seen()).toMatchObject({ label: INTERNAL, raised })
    await read('analyst', { columns: ['country'] })
    await read('analyst', { columns: ['email'] })
    expect(await seen()).toMatchObject({ label: PERSONAL, raised: [{ of: 'table', name: AUTHORITIES, label: PERSONAL }] })
  })

  test('a plan of one is nothing at the door of another', async () => {
    const { ok } = await read('analyst')
    await read('colleague') // so that there is a door
    expect(await present('colleague', ok.plan)).toBe('{"error": "unknown-plan"}')
    expect(await present('analyst', ok.plan)).toBe('{"rows": 33}')
  })

  test('what is masked compares as masked', async () => {
    const where = { op: 'eq', left: { column: 'email' }, right: { literal: { type: 'text', value: 'poststelle@bfdi.bund.de' } } }
    expect(await present('analyst', (await read('analyst', { where })).ok.plan)).toBe('{"rows": 1}')
    expect(await present('colleague', (await read('colleague', { where })).ok.plan)).toBe('{"rows": 0}')
  })

  test('it is on record with its label before it runs, without a value', async () => {
    const where = { op: 'eq', left: { column: 'city' }, right: { literal: { type: 'text', value: 'Bonn' } } }
    await read('colleague', { columns: ['country', 'email'], where })
    const [row] = await store.audit.list({ limit: 1 })
    expect(row?.entry).toMatchObject({
      kind: 'read-decided',
      person: 'p_demo-colleague',
      kernel: 'k_test-colleague',
      table: AUTHORITIES,
      decision: { allowed: true, columns: ['country', 'email'], masks: [{ column: 'email', kind: 'redact' }] },
    })
    expect(JSON.stringify(row)).not.toContain('Bonn')
    expect(await store.audit.verify()).toMatchObject({ ok: true })
    expect(await store.governance.label('k_test-colleague')).toEqual({ level: 'internal', markings: [] })
    await read('analyst', { columns: ['email'] })
    expect(await store.governance.label('k_test-analyst')).toEqual({ level: 'confidential', markings: ['PII'] })
  })

  test('its end is on record, too, with how many rows went', async () => {
    const { ok } = await read('colleague')
    const [decided] = await store.audit.list({ limit: 1 })
    await present('colleague', ok.plan)
    const end = { kind: 'read-done', person: 'p_demo-colleague', table: AUTHORITIES, of: decided?.seq, rows: 4, end: 'complete' }
    await expect.poll(async () => (await store.audit.list({ limit: 1 }))[0]?.entry).toEqual(end)
  })

  test('groups and sums are of what is seen', async () => {
    const body = {
      table: AUTHORITIES,
      by: ['email'],
      summaries: [{ as: 'n', of: 'count', column: null }],
      where: null,
      order: [],
      limit: null,
    }
    const [analyst, colleague] = [await ask('analyst', 'tables.query', body), await ask('colleague', 'tables.query', body)]
    expect(colleague.ok.columns).toMatchObject([
      { name: 'email', masked: 'redact' },
      { name: 'n', type: 'integer', masked: null },
    ])
    expect(await present('analyst', analyst.ok.plan)).toBe('{"rows": 30}') // 29 and those that have none
    expect(await present('colleague', colleague.ok.plan)).toBe('{"rows": 1}')
    const lost = await ask('analyst', 'tables.query', { ...body, order: [{ by: 'city', descending: false }] })
    expect(lost.error.code).toBe('bad-question')
  })

  test('a limit holds', async () => {
    expect(await present('analyst', (await read('analyst', { limit: 10 }, 'flights')).ok.plan)).toBe('{"rows": 10}')
    expect(await present('analyst', (await read('analyst', {}, 'flights')).ok.plan)).toBe('{"rows": 336776}')
  })
})

describe('a refusal', () => {
  const shape = (answer: Said, name: string) => JSON.stringify({ ...answer.error, id: '' }).replaceAll(name, '…')

  test('a table that is hidden and one that there is not are told alike', async () => {
    const { governance } = store
    const table = await governance.table('airlines')
    const edit = { by: OWNER, at: Date.now(), reason: 'a test hides it' }
    if (table) await governance.changeTable({ ...table, name: 'airlines', hidden: true }, edit)
    await governance.setPolicy('airlines', { grants: [], rows: [], masks: [] }, edit)
    for (const call of ['tables.read', 'tables.describe']) {
      const body = (name: string) =>
        call === 'tables.read' ? { table: name, columns: null, where: null, limit: null } : { table: name }
      const [hidden, unknown] = [await ask('analyst', call, body('airlines')), await ask('analyst', call, body('nowhere'))]
      expect(shape(hidden, 'airlines')).toBe(shape(unknown, 'nowhere'))
      expect(hidden.error.code).toBe('table-absent')
    }
    expect((await ask('analyst', 'tables.list', {})).ok.tables.map(({ name }: Said) => name)).not.toContain('airlines')
    const { refused } = await sightOf(ruling, kernelOf('analyst'), async () => ({ state: 'none' }))
    const told = refused.filter(({ text }) => text.includes('is not there for you'))
    expect(told).toMatchObject([{ what: 'read', times: 2, ask: null }]) // as one thing
  })

  test('one that may be known names the table and whom to ask', async () => {
    await store.governance.setPolicy(
      'planes',
      { grants: [], rows: [], masks: [] },
      { by: OWNER, at: Date.now(), reason: 'a test' },
    )
    const { error } = await read('analyst', {}, 'planes')
    const [row] = await store.audit.list({ limit: 1 })
    expect(row?.entry).toMatchObject({ table: 'planes', decision: { allowed: false, why: 'ungranted' } })
    expect(error).toMatchObject({ code: 'table-ungranted', message: expect.stringMatching(/“planes”.*Owner/) })
    const listed = (await ask('analyst', 'tables.list', {})).ok.tables
    expect(listed.find(({ name }: Said) => name === 'planes')).toMatchObject({ readable: false, owner: 'Owner' })
  })

  test('who is no member, or audits, sees no table', async () => {
    for (const person of ['outsider', 'auditor']) {
      expect((await read(person)).error.code).toBe('table-absent')
      expect((await ask(person, 'tables.list', {})).ok.tables).toEqual([])
    }
  })

  test('what is no call, no question or no JSON gets a sentence and an id that stands in the log', async () => {
    const lines = [
      '',
      'null',
      '{"call":"tables.drop","body":{}}',
      '{"call":"__proto__","body":{}}',
      '{"call":"tables.read","body":{"table":"flights"}}',
    ]
    for (const line of lines) {
      const { error } = JSON.parse(await library(kernelOf('analyst'), line))
      expect(error.message).toMatch(/\w+ \w+/)
      expect(said.some((entry) => entry.includes(error.id))).toBe(true)
    }
    const person = { table: 'flights', columns: null, where: null, limit: null, person: 'p_demo-owner', mask: false }
    expect((await ask('colleague', 'tables.read', person)).error.code).toBe('bad-question')
  })

  test('without a sandbox there is no door, and so no read', async () => {
    const body = { table: AUTHORITIES, columns: null, where: null, limit: null }
    const { error } = JSON.parse(await library(kernelOf('analyst', null), JSON.stringify({ call: 'tables.read', body })))
    expect(error.code).toBe('not-here')
  })

  test('a data plane that is away is said; the next read works', async () => {
    await served.kill()
    expect((await read('analyst')).error.code).toBe('unavailable')
    await served.start()
    await expect.poll(async () => 'ok' in (await read('analyst')), { timeout: 10_000 }).toBe(true)
  })

  test('a data plane that is met anew with another engine gets no statement that was written for the former', async () => {
    const spoken: DialectName[] = ['duckdb', 'postgres']
    const handed: string[] = []
    const none = async () => 'absent' as const
    const met: DataPlane = {
      begin: () => {},
      dialect: () => spoken.shift() ?? null,
      writes: () => false,
      open: async () => 'taken',
      plan: async ({ sql }) => {
        handed.push(sql)
        return 'taken'
      },
      intake: none,
      commit: none,
      keep: none,
      written: none,
      drop: () => {},
      ask: async () => ({ type: 'rows', rows: [[1, 1]] }),
      tables: async () => null,
      forget: () => {},
      policy: () => {},
      close: () => {},
    }
    const asking = makeLibrary({ ...nobody, ...makeTables(ruling, new Reads(ruling, met), met) }, ruling, log)
    const line = JSON.stringify({ call: 'tables.read', body: { table: AUTHORITIES, columns: null, where: null, limit: null } })
    const asked = async () => JSON.parse(await asking(kernelOf('analyst'), line))
    expect((await asked()).error.code).toBe('unavailable')
    expect(handed).toEqual([])
    spoken.push('duckdb', 'duckdb')
    expect((await asked()).ok.plan).toMatch(/^q_/)
    expect(handed).toHaveLength(1)
  })
})

describe('a kernel that holds what its person may no longer see', () => {
  const stopped: string[] = []
  const standing = (person: string) => ({
    ...memoryKernels(Date.now),
    list: () => [kernelOf(person)],
  })
  const end = async ({ spec }: KernelState) => void stopped.push(spec.id)
  const recheck = (person: string) => recheckHoldings(standing(person), ruling, end, log)

  test('goes on while nothing is taken away, and ends with the right', async () => {
    stopped.length = 0
    await read('colleague', { columns: ['carrier'] }, 'flights')
    await recheck('colleague')
    expect(stopped).toEqual([])
    const { policy } = await store.governance.policy('flights')
    const edit = { by: OWNER, at: Date.now(), reason: 'a test takes flights away' }
    await store.governance.setPolicy('flights', { grants: [], rows: [], masks: [] }, edit)
    await recheck('colleague')
    expect(stopped).toEqual(['k_test-colleague'])
    await store.governance.setPolicy('flights', policy, edit)
  })

  test('ends when a mask is drawn over what it read in the clear, and not for another column', async () => {
    await store.governance.dropLabel('k_test-analyst')
    await read('analyst', { columns: ['dest'] }, 'flights')
    const { policy } = await store.governance.policy('flights')
    const edit = { by: OWNER, at: Date.now(), reason: 'a test masks a column' }
    const masked = (column: string) =>
      ({ ...policy, masks: [{ id: 'm', bound: { all: 'everybody' }, column, mask: { kind: 'null' }, label: LOWEST }] }) as const
    stopped.length = 0
    await store.governance.setPolicy('flights', masked('origin'), edit)
    await recheck('analyst')
    expect(stopped).toEqual([])
    await store.governance.setPolicy('flights', masked('dest'), edit)
    await recheck('analyst')
    expect(stopped).toEqual(['k_test-analyst'])
    await store.governance.setPolicy('flights', policy, edit)
  })
})

test('a policy that is changed while a plan waits ends it', async () => {
  const { ok } = await read('analyst', {}, 'weather')
  const { version } = await store.governance.policy('weather')
  await store.governance.setPolicy(
    'weather',
    { grants: [], rows: [], masks: [] },
    { by: OWNER, at: Date.now(), reason: `after ${version}` },
  )
  plane.policy(await store.governance.epoch())
  await plane.tables() // it has heard
  expect(await present('analyst', ok.plan)).toBe('{"error": "revoked"}')
})
