// What happens with time: queues, deadlines, a reader's view that closed, usage worth telling, what is forgotten.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KERNEL } from '#protocol/limits.ts'
import type { KernelSpec, RunnerEvent } from '#protocol/runner.ts'
import { ENDED, START } from '../bounds.ts'
import type { KernelProvider } from '../providers/provider.ts'
import { RingBudget } from '../stream/budget.ts'
import { specOf } from '../testing/client.ts'
import { ManualClock } from '../testing/clock.ts'
import { FakeProvider } from '../testing/fakeProvider.ts'
import { Kernels } from './kernels.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
const source = Buffer.from('x')
const GiB = 1024 ** 3

/** Takes orders and never gets anywhere. */
const stuck: KernelProvider = {
  open: async () => ({ level: 0, why: [], packages: [], marimo: '', python: '' }),
  packages: () => [],
  dataSocket: () => null,
  start: () => ({ sample: async () => null, inspect: async () => null, end: async () => {} }),
  close: async () => {},
}

let clock: ManualClock
let events: RunnerEvent[]
let fake: FakeProvider
let kernels: Kernels

function runnerOf(provider: KernelProvider): void {
  const announce = (event: RunnerEvent) => void events.push(event)
  const world = { provider, level: 3, clock, budget: new RingBudget(), log, library: { serve: () => {} }, announce }
  kernels = new Kernels(world, () => ({ available: 8 * GiB, level: 3, shared: false }))
}

function start(spec: KernelSpec): string {
  const started = kernels.start(spec, source)
  if ('refusal' in started) throw new Error(started.refusal.message)
  return spec.id
}

const phaseOf = (id: string) => kernels.list().find(({ spec }) => spec.id === id)?.phase

async function ready(id: string): Promise<void> {
  await expect.poll(() => phaseOf(id)?.phase, { timeout: 5000 }).toBe('ready')
}

beforeEach(async () => {
  clock = new ManualClock()
  events = []
  fake = new FakeProvider(3)
  await fake.open()
  runnerOf(fake)
})
afterEach(async () => {
  await kernels.close('stopped')
  await fake.close()
})

describe('a reader’s kernel', () => {
  it('ends a minute after nobody looks at it, an editor’s does not', async () => {
    const reader = start(specOf('reader', { mode: 'run' }))
    const editor = start(specOf('editor'))
    await ready(reader)
    await ready(editor)
    await clock.pass(KERNEL.readerGrace - 3000)
    expect(phaseOf(reader)?.phase).toBe('ready')
    await clock.pass(6000)
    expect(phaseOf(reader)).toMatchObject({
      phase: 'exited',
      cause: 'unattended',
      message: expect.stringContaining('no longer open'),
    })
    expect(phaseOf(editor)?.phase).toBe('ready')
  })

  it('stays while it is looked at, and for a minute after', async () => {
    const reader = start(specOf('reader', { mode: 'run' }))
    await ready(reader)
    const session = kernels.get(reader)?.session
    const { attachment } = session?.attach('t_first00000', undefined) ?? {}
    await clock.pass(10 * KERNEL.readerGrace)
    expect(phaseOf(reader)?.phase).toBe('ready')
    if (attachment) session?.left(attachment)
    await clock.pass(KERNEL.readerGrace - 3000)
    expect(phaseOf(reader)?.phase).toBe('ready')
    await clock.pass(6000)
    expect(phaseOf(reader)?.phase).toBe('exited')
  })
})

describe('starts', () => {
  beforeEach(() => runnerOf(stuck))

  it('wait their turn, and a stuck one makes room at its deadline, with the step it was stuck in', async () => {
    const ids = Array.from({ length: START.together + 1 }, (_, n) => start(specOf(`s${n}`)))
    const last = ids.at(-1) ?? ''
    await clock.pass(1)
    expect(ids.map((id) => (phaseOf(id) as { step: string }).step)).toEqual([...Array(START.together).fill('sandbox'), 'queued'])
    await clock.pass(KERNEL.startDeadline)
    expect(phaseOf(ids[0] ?? '')).toMatchObject({
      phase: 'exited',
      cause: 'start-failed',
      message: expect.stringContaining('60 seconds'),
    })
    expect(phaseOf(last)).toMatchObject({ step: 'sandbox' })
  })

  it('can be stopped while they wait', async () => {
    const ids = Array.from({ length: START.together + 1 }, (_, n) => start(specOf(`s${n}`)))
    const last = ids.at(-1) ?? ''
    await clock.pass(1)
    kernels.stop(last, 'stopped')
    expect(phaseOf(last)).toMatchObject({ phase: 'exited', cause: 'stopped' })
  })
})

it('tells usage on change and not otherwise', async () => {
  const id = start(specOf('usage'))
  await ready(id)
  await clock.pass(20_000)
  const told = events.filter((event) => event.type === 'usage').length
  expect(told).toBeGreaterThanOrEqual(1)
  expect(told).toBeLessThanOrEqual(3)
})

it('remembers for a while how a kernel ended', async () => {
  const id = start(specOf('gone'))
  await ready(id)
  kernels.stop(id, 'idle')
  await kernels.get(id)?.gone
  expect(phaseOf(id)).toMatchObject({ cause: 'idle' })
  expect(kernels.lastWords(id)).toContain('nothing had run')
  await clock.pass(ENDED.kept + 1)
  expect(phaseOf(id)).toBeUndefined()
})
