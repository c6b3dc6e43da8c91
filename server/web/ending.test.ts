// What ends kernels that nobody stopped: signing out, and rights that run out, whether or not somebody looks at them.
import { afterEach, expect, test } from 'vitest'
import type { Notebook } from '#protocol/api.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import { demoIdentity } from '../identity/demo.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import type { Share } from '../seams/store.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const SOURCE = 'import marimo\n\napp = marimo.App()\n'
const LATER = 10_000
const OPEN = { tab: 't_00000001', theme: 'light' }

let gateway: TestGateway
let kernels: ReturnType<typeof memoryKernels>
let now = 0
const removed = new Set<string>()

/** Colleague leaves when `removed` says so. */
async function start(): Promise<{ owner: Client; colleague: Client }> {
  now = Date.now()
  removed.clear()
  kernels = memoryKernels(() => now)
  const demo = demoIdentity(0)
  const identity = { ...demo, find: (person: string) => (removed.has(person) ? null : demo.find(person)) }
  gateway = await testGateway({ kernels, identity, now: () => now })
  now += 1
  return { owner: await signIn(gateway, 'demo-owner'), colleague: await signIn(gateway, 'demo-colleague') }
}
afterEach(() => stopGateway(gateway))

async function shared(share: Omit<Share, 'with'>): Promise<string> {
  const notebook = { id: 'n_00000001', name: 'Shared', author: 'p_demo-owner', created: now }
  const first = { id: 'v_00000001', notebook: notebook.id, author: notebook.author, at: now, source: SOURCE, layout: null }
  const version = { ...first, bytes: SOURCE.length, cells: 0, label: LOWEST, sealed: true, coalesce: 0 }
  await gateway.deps.desk.store.notebooks.create({ ...notebook, shares: [{ with: 'p_demo-colleague', ...share }] }, version)
  return notebook.id
}
const open = (who: Client, id: string, mode = 'auto') => who.call(`POST /api/notebooks/${id}/open`, { ...OPEN, mode })
const causes = () => kernels.list().map(({ spec, phase }) => [spec.mode, phase.phase === 'exited' ? phase.cause : phase.phase])

test('a share that runs out: the kernels it opened are stopped at the next beat, seen or not', async () => {
  const { owner, colleague } = await start()
  const id = await shared({ right: 'edit', expires: now + LATER })
  await open(colleague, id)
  await open(colleague, id, 'run')
  await open(owner, id, 'run')
  const [edit] = kernels.list()
  kernels.happen({ type: 'attached', kernel: edit?.spec.id ?? '', tab: 't_00000001' })
  now += LATER - 1
  await gateway.beat()
  expect(causes()).toEqual([
    ['edit', 'starting'],
    ['run', 'starting'],
    ['run', 'starting'],
  ])
  now += 1
  await gateway.beat()
  expect(causes()).toEqual([
    ['edit', 'revoked'],
    ['run', 'revoked'],
    ['run', 'starting'],
  ])
})

test('a right to edit that becomes a right to view ends the editor’s kernel only, and says so', async () => {
  const { colleague } = await start()
  const id = await shared({ right: 'edit', expires: now + LATER })
  await open(colleague, id)
  await open(colleague, id, 'run')
  const stored = gateway.deps.desk.store.notebooks
  const get = stored.get.bind(stored)
  Object.assign(stored, {
    get: async (one: string) => {
      const notebook = await get(one)
      return notebook && { ...notebook, shares: [{ with: 'workspace', right: 'view', expires: null }] }
    },
  })
  await gateway.beat()
  expect(causes()).toEqual([
    ['edit', 'demoted'],
    ['run', 'starting'],
  ])
})

test('a person who is no account any more', async () => {
  const { colleague } = await start()
  await open(colleague, await shared({ right: 'view', expires: null }))
  removed.add('p_demo-colleague')
  await gateway.beat()
  expect(causes()).toEqual([['run', 'revoked']])
})

test('signing out stops what is being edited, what is being read, and nobody else’s', async () => {
  const { owner, colleague } = await start()
  const id = await shared({ right: 'edit', expires: null })
  await open(colleague, id)
  await open(colleague, id, 'run')
  await open(owner, id, 'run')
  await colleague.call('POST /api/sign-out')
  expect(causes()).toEqual([
    ['edit', 'signed-out'],
    ['run', 'signed-out'],
    ['run', 'starting'],
  ])
})

test('signing out while a start is under way: what is started is stopped, and the opening says so', async () => {
  const { owner } = await start()
  const { id } = (await owner.call('POST /api/notebooks', {})).body as Notebook
  const go = kernels.hold()
  const opening = open(owner, id)
  await owner.call('POST /api/sign-out')
  expect(kernels.list()).toEqual([])
  go()
  expect(await opening).toMatchObject({ status: 401, body: { code: 'signed-out' } })
  expect(causes()).toEqual([['edit', 'signed-out']])
})

test('signing out while the runner is away: stopped when it is back, also for who has signed in again', async () => {
  const { owner } = await start()
  const { id } = (await owner.call('POST /api/notebooks', {})).body as Notebook
  await open(owner, id)
  kernels.away(true)
  await owner.call('POST /api/sign-out')
  now += 1
  await signIn(gateway, 'demo-owner')
  await gateway.beat()
  expect(causes()).toEqual([['edit', 'starting']])
  kernels.away(false)
  await gateway.beat()
  expect(causes()).toEqual([['edit', 'signed-out']])
})

test('a session that ran out is no sign-out: what was begun goes on', async () => {
  const { owner } = await start()
  const { id } = (await owner.call('POST /api/notebooks', {})).body as Notebook
  await open(owner, id)
  now += 13 * 3_600_000
  await gateway.deps.signIn.sweep()
  const [kernel] = kernels.list()
  kernels.happen({ type: 'attached', kernel: kernel?.spec.id ?? '', tab: 't_00000001' }) // somebody looks: not unattended
  await gateway.beat()
  expect(causes()).toEqual([['edit', 'starting']])
})
