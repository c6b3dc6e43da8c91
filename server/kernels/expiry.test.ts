// Shares that run out, under a clock that passes when the test says so.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import { TestClock } from '#protocol/testing.ts'
import type { Share } from '../seams/store.ts'
import { stopGateway, type TestGateway, testGateway } from '../testing.ts'
import { type Expiry, watchExpiry } from './expiry.ts'

const COLLEAGUE = 'p_demo-colleague'
const DAY = 86_400_000

let clock: TestClock
let gateway: TestGateway
let expiry: Expiry
let told: (readonly [what: string, at: number])[]

beforeEach(async () => {
  clock = new TestClock()
  gateway = await testGateway({ now: () => clock.now() })
  told = []
  const { desk } = gateway.deps
  desk.events.subscribe(({ to, event }) => {
    if (event.type === 'notebooks-changed') told.push([`told ${to === 'everyone' ? to : to.join(' ')}`, clock.now()])
  })
  const recheck = async (notebook: string) => void told.push([`rechecked ${notebook}`, clock.now()])
  expiry = watchExpiry({ desk, clock, recheck })
})
afterEach(async () => {
  expiry.close()
  await stopGateway(gateway)
})

async function shared(id: string, shares: readonly Share[]): Promise<void> {
  const source = 'x = 1'
  const at = clock.now()
  const first = { id: `v${id.slice(1)}`, notebook: id, author: 'p_demo-owner', at, source, layout: null, bytes: 5, cells: 0 }
  const notebook = { id, name: id, author: 'p_demo-owner', created: at, shares }
  await gateway.deps.desk.store.notebooks.create(notebook, { ...first, label: LOWEST, sealed: true, coalesce: 0 })
}
const until = (expires: number | null, to = COLLEAGUE) => ({ with: to, right: 'view', expires }) as const

test('at its moment and not before: who loses it and its author are told, and its kernels are judged', async () => {
  await shared('n_00000001', [until(5000), until(null, 'p_demo-analyst')])
  await expiry.look()
  clock.pass(4999)
  await expiry.look()
  expect(told).toEqual([])
  clock.pass(1)
  const both = [
    ['told p_demo-owner p_demo-analyst p_demo-colleague', 5000],
    ['rechecked n_00000001', 5000],
  ]
  await expect.poll(() => told).toEqual(both)
  clock.pass(10 * DAY)
  await expiry.look()
  expect(told).toEqual(both)
})

test('one after the other, also months apart; an earlier one that is added later comes first', async () => {
  await shared('n_00000001', [until(60 * DAY)])
  await expiry.look()
  await shared('n_00000002', [until(1000), until(2000, 'workspace')])
  await expiry.look()
  const rechecked = () => told.filter(([what]) => what.startsWith('rechecked'))
  clock.pass(1000)
  await expect.poll(rechecked).toEqual([['rechecked n_00000002', 1000]])
  await expiry.look()
  clock.pass(1000)
  await expect.poll(rechecked).toHaveLength(2)
  for (let day = 0; day < 59; day += 1) {
    await expiry.look()
    clock.pass(DAY)
  }
  await expiry.look()
  expect(rechecked()).toHaveLength(2)
  clock.pass(DAY - 2000)
  await expect.poll(rechecked).toHaveLength(3)
  expect(rechecked()[2]).toEqual(['rechecked n_00000001', 60 * DAY])
})

test('one that was taken back does not run out', async () => {
  await shared('n_00000001', [until(5000)])
  await expiry.look()
  await gateway.deps.desk.store.notebooks.unshare('n_00000001', COLLEAGUE, 'p_demo-owner', clock.now())
  clock.pass(6000)
  await expiry.look()
  expect(told).toEqual([])
})
