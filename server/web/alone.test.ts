import { afterEach, expect, test } from 'vitest'
import { memoryKernels } from '../kernels/memory.ts'
import { type Client, send, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

let gateway: TestGateway
afterEach(() => stopGateway(gateway))

const openBody = { mode: 'auto', tab: 't_00000001', theme: 'light' }

/** Owner signs in and opens a notebook, Analyst signs in: is Owner still there? */
async function ownerAfterAnalyst(level: number, env: Record<string, string> = {}) {
  const kernels = memoryKernels(Date.now, level)
  gateway = await testGateway({ kernels, env })
  const owner = await signIn(gateway, 'demo-owner')
  const { id } = (await owner.call('POST /api/notebooks', {})).body as { id: string }
  await owner.call(`POST /api/notebooks/${id}/open`, openBody)
  const analyst = await signIn(gateway, 'demo-analyst')
  const phase = kernels.list()[0]?.phase.phase
  return {
    owner: (await owner.call('GET /api/notebooks')).status,
    analyst: (await analyst.call('GET /api/notebooks')).status,
    phase,
  }
}

test.each([
  ['kernels are apart', 3, {}, { owner: 200, analyst: 200, phase: 'starting' }],
  ['kernels are not apart: one person at a time, the last one', 1, {}, { owner: 401, analyst: 200, phase: 'exited' }],
  [
    'unless the operator takes it upon them',
    1,
    { SCRYDON_INSECURE_SHARED_KERNELS: '1' },
    { owner: 200, analyst: 200, phase: 'starting' },
  ],
] as const)('%s', async (_, level, env, expected) => {
  expect(await ownerAfterAnalyst(level, env)).toEqual(expected)
})

const status = async (who: Client) => (await who.call('GET /api/notebooks')).status

test('who signed in before a restart of the gateway counts', async () => {
  const kernels = memoryKernels(Date.now, 1)
  const before = await testGateway({ kernels })
  const { cookie } = await signIn(before, 'demo-owner')
  await before.close()
  gateway = await testGateway({ kernels, home: before.home })
  expect(await status(await signIn(gateway, 'demo-analyst'))).toBe(200)
  const { origin } = gateway
  expect((await send(origin, 'POST /api/bearer', { headers: { origin, cookie, 'x-scrydon': '1' } })).status).toBe(401)
})

test('a runner that says only later that kernels are not apart: the last to sign in stays', async () => {
  const kernels = memoryKernels(Date.now, 1)
  let there = false
  gateway = await testGateway({ kernels: { ...kernels, info: () => (there ? kernels.info() : null) } })
  const [owner, analyst] = [await signIn(gateway, 'demo-owner'), await signIn(gateway, 'demo-analyst')]
  await gateway.beat()
  expect([await status(owner), await status(analyst)]).toEqual([200, 200])
  there = true
  await gateway.beat()
  expect([await status(owner), await status(analyst)]).toEqual([401, 200])
})
