// The canary through a real data plane: invisible as policies are, seen when one is not applied, and served only then.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clock } from '../clock.ts'
import { makeLog } from '../log.ts'
import { type Canary, lookForCanary, POLICY } from './canary.ts'
import { dataPlane } from './plane.ts'
import { proven } from './proven.ts'
import { PlaneProcess, usedDialect } from './testing/plane.ts'

const EPOCH = 3
const SOON = { timeout: 20_000 }
const served = new PlaneProcess()
const log = makeLog('silent')
const plane = dataPlane({ socket: served.socket, clock, log })
const looked: Canary[] = []
const seen: string[] = []
let next: Canary | null = null
const look = async (): Promise<Canary> => {
  const canary = next ?? (await lookForCanary(plane, EPOCH, served.folder))
  looked.push(canary)
  return canary
}
const trusted = proven(plane, { look, seen: () => void seen.push('seen'), clock })
let ready = 0
let lost = 0

beforeAll(async () => {
  await served.start()
  trusted.begin(async () => EPOCH, { ready: () => void ++ready, lost: () => void ++lost, done: () => {} })
}, 60_000)
afterAll(async () => {
  trusted.close()
  await served.end()
})

test('what policies hide stays invisible, and the plane is served', async () => {
  await expect.poll(() => ready, SOON).toBe(1)
  expect(looked).toEqual(['invisible'])
  expect(trusted.standing).toBe(true)
  expect([trusted.dialect(), trusted.writes()]).toEqual([usedDialect(), true])
  expect(await trusted.open('k_someone0000', served.doorOf('k_someone0000'), 1)).toBe('taken')
})

test.each([
  ['a row rule', { ...POLICY, rows: [] }],
  ['a mask', { ...POLICY, masks: [] }],
])('without %s it is seen: the look can fail', async (_, policy) => {
  expect(await lookForCanary(plane, EPOCH, served.folder, policy)).toBe('seen')
})

test('a plan of another epoch proves nothing', async () => {
  expect(await lookForCanary(plane, EPOCH + 1, served.folder)).toBe('unproven')
})

test('a plane that is lost is proven anew, and until then is away', async () => {
  next = 'unproven'
  await served.kill()
  await expect.poll(() => lost, SOON).toBe(1)
  expect(trusted.standing).toBe(false)
  await served.start()
  await expect.poll(() => looked.length, SOON).toBeGreaterThan(1)
  expect(await trusted.open('k_someone0000', served.doorOf('k_someone0000'), 1)).toBe('absent')
  expect([trusted.dialect(), trusted.writes()]).toEqual([null, false])
  expect(ready).toBe(1)
  next = null
  await expect.poll(() => ready, SOON).toBe(2)
  expect(await trusted.open('k_someone0000', served.doorOf('k_someone0000'), 1)).toBe('taken')
}, 60_000)

test('where it is seen nothing is served', async () => {
  next = 'seen'
  await served.kill()
  await served.start()
  await expect.poll(() => seen, SOON).toEqual(['seen'])
  expect([trusted.standing, ready]).toEqual([false, 2])
}, 60_000)
