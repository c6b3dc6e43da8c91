// What a person is told of their idle kernels, and when those end.
import { beforeEach, expect, test } from 'vitest'
import type { ShellEvent } from '#protocol/api.ts'
import { KERNEL } from '#protocol/limits.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { makeEvents } from '../bus.ts'
import { memoryKernels } from './testing/memory.ts'
import { type Watch, watchKernels } from './watch.ts'

const { memory, processes, cpuShare, files, scratch, output } = KERNEL
const SPEC: KernelSpec = {
  id: 'k_00000001',
  person: 'p_00000001',
  notebook: 'n_00000001',
  mode: 'edit',
  autorun: false,
  theme: 'light',
  limits: { memory, processes, cpuShare, files, scratch, output },
}
const ID = { kernel: SPEC.id, notebook: SPEC.notebook }

let now = 0
let kernels: ReturnType<typeof memoryKernels>
let watch: Watch
let told: (readonly [to: unknown, event: ShellEvent])[]
const used = (busy = false) =>
  kernels.happen({ type: 'usage', kernel: SPEC.id, usage: { memory: 1, cpu: 0, busy, idleSince: busy ? null : now } })
const warnings = () => told.filter(([, { type }]) => type === 'idle-warning')

beforeEach(async () => {
  now = 1000
  told = []
  kernels = memoryKernels(() => now)
  const events = makeEvents()
  events.subscribe(({ to, event }) => told.push([to, event]))
  watch = watchKernels(kernels, events, () => now)
  await kernels.start(SPEC, '')
  kernels.happen({ type: 'phase', kernel: SPEC.id, phase: { phase: 'ready', level: 3 } })
  kernels.happen({ type: 'attached', kernel: SPEC.id, tab: 't_00000001' })
  used()
})

test('its person hears of phases and of what it uses', () => {
  expect(told).toEqual([
    [[SPEC.person], { type: 'phase', ...ID, phase: { phase: 'ready', level: 3 } }],
    [[SPEC.person], { type: 'usage', ...ID, usage: { memory: 1, cpu: 0, busy: false, idleSince: 1000 } }],
  ])
})

test('one warning five minutes before, and the end at the hour', () => {
  const stopsAt = now + KERNEL.idleEdit
  for (now = stopsAt - KERNEL.idleWarning - 5000; now < stopsAt; now += 5000) watch.tick()
  expect(warnings()).toEqual([[[SPEC.person], { type: 'idle-warning', ...ID, stopsAt }]])
  expect(kernels.get(SPEC.id)?.phase.phase).toBe('ready')
  now = stopsAt
  watch.tick()
  expect(kernels.get(SPEC.id)?.phase).toMatchObject({ phase: 'exited', cause: 'idle' })
  watch.tick()
  expect(told.filter(([, event]) => event.type === 'phase' && event.phase.phase === 'exited')).toHaveLength(1)
})

test('a use after the warning takes it back, and the next idle time warns anew', () => {
  now += KERNEL.idleEdit - 1000
  watch.tick()
  used(true)
  watch.tick()
  now += KERNEL.idleEdit
  watch.tick()
  used()
  now += KERNEL.idleEdit - KERNEL.idleWarning
  watch.tick()
  expect(warnings().map(([, event]) => event.type === 'idle-warning' && event.stopsAt)).toEqual([
    1000 + KERNEL.idleEdit,
    now + KERNEL.idleWarning,
  ])
  expect(kernels.get(SPEC.id)?.phase.phase).toBe('ready')
})

test('nobody is told after it was closed', () => {
  watch.close()
  used(true)
  expect(told).toHaveLength(2)
})
