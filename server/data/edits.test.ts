// An edit while a kernel reads, with the real data plane: what runs is cut by the edit itself, not by the next look at rights.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { PersonId } from '#protocol/ids.ts'
import type { KernelState } from '#protocol/runner.ts'
import { makeEvents } from '../bus.ts'
import { clock } from '../clock.ts'
import { demoIdentity } from '../identity/demo.ts'
import { specOf } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { makeLog } from '../log.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { type Governed, governed } from './governed.ts'
import { dataPlane } from './plane.ts'
import { PlaneProcess } from './testing/plane.ts'

const ROWS = 336_776 // of flights
const KERNEL = 'k_reads-flights'
const OWNER = { id: 'p_demo-owner', name: 'Owner', standing: 'owner' } as const
const home = mkdtempSync(join(tmpdir(), 'edits-'))
const served = new PlaneProcess()
const log = makeLog('error', { write: () => {} })
const kernels = memoryKernels(Date.now)
let store: Store
let plane: DataPlane
let data: Governed
let kernel: KernelState

beforeAll(async () => {
  await served.start()
  store = openStore(home)
  plane = dataPlane({ socket: served.socket, clock, log })
  data = governed(home, {
    identity: demoIdentity(0),
    store,
    kernels,
    events: makeEvents(),
    plane,
    llm: null,
    inference: null,
    uploads: null,
    embedder: null,
    sourceFor: async () => null,
    log,
    now: Date.now,
    giveUp: (message) => expect.unreachable(message),
    free: () => Number.POSITIVE_INFINITY,
  })
  await vi.waitUntil(() => store.done('tables planted'), { timeout: 30_000 })
  const started = await kernels.start(specOf({ id: KERNEL, person: 'p_demo-analyst' }), '')
  if (started.type !== 'started') throw new Error('not started')
  kernel = { ...started.state, data: served.doorOf(KERNEL) }
}, 60_000)
afterAll(async () => {
  plane.close()
  await store.close()
  await served.end()
  rmSync(home, { recursive: true, force: true })
})

const read = async () => {
  const body = { table: 'flights', columns: null, where: null, limit: null }
  return JSON.parse(await data.library(kernel, JSON.stringify({ call: 'tables.read', body })))
}

/** The door, after the first bytes of what the plan answers; no more is taken of it. */
function begin(plan: string): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect(served.doorOf(KERNEL), () => socket.write(`${plan}\n`))
    socket.once('readable', () => done(socket))
    socket.on('error', fail)
  })
}

const INTERNAL = { level: 'internal', markings: [] } as const // as it is
const closed = { grants: [], rows: [], masks: [] }
const ends = async () =>
  (await store.audit.list({ table: 'flights', limit: 20 })).flatMap(({ entry }) => (entry.kind === 'read-done' ? entry : []))

/** All that a stream has left; null: it was cut. */
async function rest(socket: Socket): Promise<string | null> {
  let end = ''
  for await (const part of socket) end = (end + (part as Buffer).toString('latin1')).slice(-200)
  return /\{"rows": \d+\}$/.exec(end)?.[0] ?? null
}

test('an edit of another table, or of another person, leaves what runs; one of the reader cuts it', async () => {
  const change = { onto: 1, reason: 'a test edits' }
  const standing = async (person: PersonId) => ({ ...(await store.governance.subject(person)), attributes: { test: ['1'] } })
  const socket = await begin((await read()).ok.plan)
  await data.edits.policy(OWNER, 'weather', closed, change)
  await data.edits.table(OWNER, 'planes', { description: '', hidden: true, label: INTERNAL, columns: {} }, change)
  await data.edits.person(OWNER, 'p_demo-colleague', await standing('p_demo-colleague'), change)
  expect(await rest(socket)).toBe(`{"rows": ${ROWS}}`)
  const mine = await begin((await read()).ok.plan)
  await data.edits.person(OWNER, 'p_demo-analyst', await standing('p_demo-analyst'), change)
  expect(await rest(mine)).toBeNull()
})

test('a grant that is taken back cuts the stream that runs, ends the kernel and refuses the next read', async () => {
  const socket = await begin((await read()).ok.plan)
  const { version } = await store.governance.policy('flights')
  kernels.away(true) // the runner hears nothing: the stream is cut all the same
  await data.edits.policy(OWNER, 'flights', closed, { onto: version, reason: 'a test takes it back' })
  await expect.poll(ends, { timeout: 10_000 }).toMatchObject([{ end: 'cut' }, { end: 'cut' }, { end: 'complete' }]) // while nothing more of it is read
  expect((await ends())[0]?.rows).toBeLessThan(ROWS)
  socket.destroy()
  expect((await read()).error.code).toBe('table-ungranted')
  kernels.away(false)
  const reason = { onto: version + 1, reason: 'a test edits again' }
  await data.edits.policy(OWNER, 'flights', closed, reason)
  expect(kernels.get(KERNEL)?.phase).toMatchObject({ phase: 'exited', cause: 'withdrawn' })
})
