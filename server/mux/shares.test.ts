// A share that is taken back or runs out, over real sockets: the view closes by name and the kernel ends, in time.
import { expect, test } from 'vitest'
import type { Cause } from '#protocol/runner.ts'
import { writtenSearch } from '../data/holding.ts'
import { wrong } from '../kernels/rights.ts'
import { type Client, testGateway } from '../testing.ts'
import { type Happenings, KernelTab } from './testing/browser.ts'
import { House, type LiveKernel, NOTEBOOK, until } from './testing/house.ts'

const COLLEAGUE = 'p_demo-colleague'
const DEADLINE = 2000 // ms
const TRIES = 20

const house = House.forTests()

async function shared(
  right: 'view' | 'edit',
  life: number | null = null,
): Promise<{ id: string; reader: LiveKernel; client: Client; expires: number }> {
  const made = await house.owner.call('POST /api/notebooks', { source: NOTEBOOK })
  const { id } = made.body as { id: string }
  const put = (over: object) =>
    house.owner.call(`PUT /api/notebooks/${id}/shares`, { with: [COLLEAGUE], right, expires: null, onto: 0, ...over })
  const expires = life === null ? null : Date.now() + life
  expect((await put({ expires })).status).toBe(200)
  const client = await house.signIn('demo-colleague')
  const tab = await house.signedTab(client)
  tab.openEvents()
  const { kernel } = await house.openAgain(client, tab.tab, id)
  const channel = tab.kernel(kernel)
  await channel.texts.find(({ op }) => op === 'kernel-ready', 'kernel-ready')
  return { id, reader: { tab, kernel, notebook: id, channel }, client, expires: expires ?? Number.POSITIVE_INFINITY }
}
const exit = (kernel: string) => {
  const phase = house.live.get(kernel)?.phase
  return phase?.phase === 'exited' ? phase.cause : null
}
const gone = ({ tab, kernel }: LiveKernel, what: string) =>
  tab.events.find((event) => event.type === 'phase' && event.kernel === kernel && event.phase.phase === 'exited', what, DEADLINE)
const closed = async (ended: Happenings<{ readonly reason: string }>) =>
  (await ended.find(() => true, 'the end', DEADLINE)).reason

test('stop sharing: the view closes as no longer shared and its kernel is gone, within two seconds, each time', async () => {
  const took: number[] = []
  for (let round = 0; round < TRIES; round += 1) {
    const { id, reader, client } = await shared('view')
    const before = performance.now()
    const [answer, reason] = await Promise.all([
      house.owner.call(`DELETE /api/notebooks/${id}/shares`, { with: COLLEAGUE }),
      closed(reader.channel.ended),
      gone(reader, 'the end of the kernel'),
    ])
    took.push(performance.now() - before)
    expect([answer.status, reason, exit(reader.kernel)]).toEqual([200, 'revoked', 'revoked'])
    const again = new KernelTab(reader.tab.link, reader.kernel)
    expect(await closed(again.ended)).toBe('revoked')
    const body = { mode: 'auto', tab: reader.tab.tab, theme: 'light' }
    expect((await client.call(`POST /api/notebooks/${id}/open`, body)).status).toBe(404)
    reader.tab.drop()
  }
  expect(Math.max(...took)).toBeLessThan(DEADLINE)
})

test('a share that runs out closes the view at its moment, not at a beat five seconds later', async () => {
  const life = 6000 // the view is open by then
  const { reader, expires } = await shared('view', life)
  expect((await reader.channel.ended.find(() => true, 'the end', life + DEADLINE)).reason).toBe('revoked')
  await gone(reader, 'the end of the kernel')
  const late = Date.now() - expires
  expect(late).toBeGreaterThanOrEqual(0)
  expect(late).toBeLessThan(DEADLINE)
  reader.tab.drop()
})

test('who may only read from now on is asked to save, loses the lease by name, and what is written last is a draft', async () => {
  const { id, reader, client } = await shared('edit')
  const demoted = house.owner.call(`PUT /api/notebooks/${id}/shares`, {
    with: [COLLEAGUE],
    right: 'view',
    expires: null,
    onto: 1,
  })
  await reader.tab.events.find(({ type }) => type === 'kernel-ending', 'the last moment')
  const codes = [NOTEBOOK.replace('x = 1', 'x = 3')]
  const save = { cellIds: ['a'], codes, names: ['_'], configs: [{}], filename: 'x', layout: null }
  const late = await reader.channel.ask('/api/kernel/save', save)
  expect([late.head.status, (JSON.parse(late.body.toString()) as { code: string }).code]).toEqual([409, 'no-longer-editor'])
  expect(await closed(reader.channel.ended)).toBe('leaseLost')
  expect((await demoted).status).toBe(200)
  await until(() => exit(reader.kernel) === 'demoted', 'the end of the kernel')
  expect((await client.call(`GET /api/notebooks/${id}/drafts`)).body).toHaveLength(1)
  expect((await house.owner.call(`GET /api/notebooks/${id}`)).body).toMatchObject({ editor: null })
  expect(((await house.owner.call(`GET /api/notebooks/${id}/source`)).body as { source: string }).source).toBe(NOTEBOOK)
  reader.tab.drop()
})

test('a gateway that starts again lets nobody back in: what was taken away meanwhile ends before it offers a link', async () => {
  const { id, reader } = await shared('view')
  const { desk, document: access, signIn: sessions } = house.gateway.deps
  await desk.store.notebooks.unshare(id, COLLEAGUE, 'p_demo-owner', Date.now()) // no event, no recheck: as if nobody had been there
  const next = house.newLive()
  next.begin(
    async (state) => {
      expect(next.link()).toBeNull()
      return wrong({ access, sessions }, state)
    },
    async () => '',
  )
  await until(() => next.link() !== null, 'the new gateway’s link')
  expect(await closed(reader.channel.ended)).toBe('revoked')
  await until(() => exit(reader.kernel) === 'revoked', 'the end of the kernel')
  next.close()
  reader.tab.drop()
})

/** Another gateway of the same state and runner; `judged` hears of each kernel before the link is offered. */
async function startAgain(judged: (kernel: string, cause: Cause | null) => Promise<void>): Promise<void> {
  await house.gateway.close()
  const live = house.newLive()
  const begin = live.begin.bind(live)
  live.begin = (wrong, answer, met) => {
    const judge: typeof wrong = async (state) => {
      const cause = await wrong(state)
      await started
      await judged(state.spec.id, cause)
      return cause
    }
    begin(judge, answer, met)
  }
  const started = testGateway({ home: house.gateway.home, live }).then((gateway) => Object.assign(house, { live, gateway }))
  await started
  await until(() => live.link() !== null, 'the new gateway’s link')
  house.owner = await house.signIn('demo-owner')
}

test('a share that goes once its kernel was judged by a new gateway, while others are, is acted on at once', async () => {
  const { id, reader } = await shared('view')
  await startAgain(async (kernel) => {
    if (kernel === reader.kernel) await house.gateway.deps.desk.store.notebooks.unshare(id, COLLEAGUE, 'p_demo-owner', Date.now())
  })
  const met = performance.now()
  await until(() => exit(reader.kernel) === 'revoked', 'the end of the kernel')
  expect(performance.now() - met).toBeLessThan(DEADLINE)
})

test('a kernel that holds what its person may not see any more ends before a new gateway offers a link', async () => {
  const { reader } = await shared('view')
  const secret = { level: 'secret', markings: [] } as const
  const { governance } = house.gateway.deps.desk.store
  await governance.raise(reader.kernel, secret, writtenSearch(secret)) // above the colleague's clearance
  const causes = new Map<string, Cause | null>()
  await startAgain(async (kernel, cause) => void causes.set(kernel, cause))
  expect(causes.get(reader.kernel)).toBe('withdrawn')
  await until(() => exit(reader.kernel) === 'withdrawn', 'the end of the kernel')
})
