// Kernels that are not apart: one person at a time, never put out without a question and a reason.
import { afterEach, expect, test } from 'vitest'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { noKernels } from '../kernels/testing/none.ts'
import { send, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

let gateway: TestGateway
afterEach(() => stopGateway(gateway))

const openBody = { mode: 'auto', tab: 't_00000001', theme: 'light' }
const SHARED = { SCRYDON_INSECURE_SHARED_KERNELS: '1' }

function ask(account: string, replace?: boolean) {
  const { origin } = gateway
  const body = JSON.stringify({ account: `p_${account}`, ...(replace === undefined ? {} : { replace }) })
  return send(origin, 'POST /api/sign-in', { headers: { origin, 'content-type': 'application/json' }, body })
}

/** Owner signs in and opens a notebook; then Analyst asks to. */
async function ownerThenAnalyst(level: number, env: Record<string, string>, replace?: boolean) {
  const kernels = memoryKernels(Date.now, level)
  gateway = await testGateway({ kernels, env })
  const events: unknown[] = []
  gateway.deps.desk.events.subscribe(({ to, event }) => void (event.type === 'signed-out' && events.push([to, event])))
  const owner = await signIn(gateway, 'demo-owner')
  const { id } = (await owner.call('POST /api/notebooks', {})).body as { id: string }
  await owner.call(`POST /api/notebooks/${id}/open`, openBody)
  const { status, body } = await ask('demo-analyst', replace)
  const { message } = body as { message?: string }
  return {
    status,
    message,
    owner: (await owner.call('GET /api/notebooks')).status,
    phase: kernels.list()[0]?.phase.phase,
    events,
  }
}

test.each([
  ['kernels are apart', 3, {}],
  ['the operator takes it upon them', 1, SHARED],
] as const)('%s: several at once', async (_, level, env) => {
  expect(await ownerThenAnalyst(level, env)).toMatchObject({ status: 200, owner: 200, phase: 'starting', events: [] })
})

test('kernels are not apart: who is there stays, and who comes is told whom they would put out', async () => {
  expect(await ownerThenAnalyst(1, {})).toEqual({
    status: 409,
    message: 'Owner is signed in; this machine serves one person at a time because kernels are not isolated.',
    owner: 200,
    phase: 'starting',
    events: [],
  })
})

test('asked and answered, the other person is signed out with their kernels, and told by whom', async () => {
  expect(await ownerThenAnalyst(1, {}, true)).toMatchObject({
    status: 200,
    owner: 401,
    phase: 'exited',
    events: [[['p_demo-owner'], { type: 'signed-out', by: { id: 'p_demo-analyst', name: 'Analyst' } }]],
  })
})

test('the same person comes in as often as they like', async () => {
  gateway = await testGateway({ kernels: memoryKernels(Date.now, 1) })
  const first = await signIn(gateway, 'demo-owner')
  expect((await ask('demo-owner')).status).toBe(200)
  expect((await first.call('GET /api/notebooks')).status).toBe(200)
})

test('a session from before a restart counts', async () => {
  gateway = await testGateway({ kernels: memoryKernels(Date.now, 1) })
  await signIn(gateway, 'demo-owner')
  await gateway.close()
  gateway = await testGateway({ home: gateway.home, kernels: memoryKernels(Date.now, 1) })
  expect((await ask('demo-analyst')).status).toBe(409)
})

test('while the level is not known, nobody joins somebody who is there', async () => {
  gateway = await testGateway({ kernels: noKernels })
  await signIn(gateway, 'demo-owner')
  expect((await ask('demo-analyst', true)).body).toMatchObject({ code: 'runner-absent' })
  expect((await ask('demo-owner')).status).toBe(200)
})

test('two who were signed in before the level fell: both stay until it is known, then the last one', async () => {
  let now = 1_000_000
  gateway = await testGateway({ kernels: memoryKernels(Date.now, 3), now: () => now++ })
  const owner = await signIn(gateway, 'demo-owner')
  const analyst = await signIn(gateway, 'demo-analyst')
  await gateway.close()
  const fallen = memoryKernels(Date.now, 1)
  let known = false
  const kernels = { ...fallen, info: () => (known ? fallen.info() : null) }
  gateway = await testGateway({ home: gateway.home, kernels, now: () => now++ })
  const mint = async ({ cookie }: { cookie: string }) => {
    const headers = { origin: gateway.origin, cookie, 'x-scrydon': '1' }
    return (await send(gateway.origin, 'POST /api/bearer', { headers })).status
  }
  await gateway.beat()
  expect([await mint(owner), await mint(analyst)]).toEqual([200, 200])
  known = true
  await gateway.beat()
  expect([await mint(owner), await mint(analyst)]).toEqual([401, 200])
})
