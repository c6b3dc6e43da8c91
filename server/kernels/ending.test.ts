import { expect, test } from 'vitest'
import type { ShellEvent } from '#protocol/api.ts'
import type { Role } from '#protocol/roles.ts'
import { TestClock } from '#protocol/testing.ts'
import { makeEvents } from '../bus.ts'
import { specOf } from '../kernels/testing/kernel.ts'
import { memoryKernels } from '../kernels/testing/memory.ts'
import { makeEnd } from './ending.ts'

async function ground(mode: Role, tab: string | null) {
  const clock = new TestClock()
  const kernels = memoryKernels(() => clock.now())
  const events = makeEvents()
  const told: [unknown, ShellEvent][] = []
  events.subscribe(({ to, event }) => told.push([to, event]))
  const id = 'k_one000000'
  await kernels.start(specOf({ id, person: 'p_one000000', notebook: 'n_one000000', mode }), '')
  kernels.happen({ type: 'attached', kernel: id, tab })
  const state = () => {
    const found = kernels.get(id)
    if (found === null) throw new Error('there is no kernel')
    return found
  }
  const end = makeEnd(kernels, events, clock, 'withdrawn')
  return { clock, told, state, end: () => end(state()) }
}

test('an editor’s page is asked to save, has a second, and then the kernel ends', async () => {
  const { clock, told, state, end } = await ground('edit', 't_one000000')
  const ended = end()
  expect(told).toEqual([
    [['p_one000000'], { type: 'kernel-ending', kernel: 'k_one000000', notebook: 'n_one000000', within: 1000 }],
  ])
  clock.pass(999)
  expect(state().phase.phase).not.toBe('exited')
  clock.pass(1)
  await ended
  expect(state().phase.phase).toBe('exited')
})

test('judged again meanwhile, it is asked once and ends once', async () => {
  const { clock, told, state, end } = await ground('edit', 't_one000000')
  const both = [end(), end()]
  clock.pass(1000)
  await Promise.all(both)
  expect([told.length, state().phase.phase]).toEqual([1, 'exited'])
})

test.each([
  ['a reader', 'run', 't_one000000'],
  ['who has no page open', 'edit', null],
] as const)('%s has nothing to save: it ends at once', async (_, mode, tab) => {
  const { told, state, end } = await ground(mode, tab)
  await end()
  expect([told, state().phase.phase]).toEqual([[], 'exited'])
})
