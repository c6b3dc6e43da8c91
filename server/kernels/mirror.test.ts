import { expect, test } from 'vitest'
import type { KernelState } from '#protocol/runner.ts'
import { Mirror } from './mirror.ts'

const state = (
  id: string,
  phase: KernelState['phase'] = { phase: 'ready', level: 3 },
  mode: 'edit' | 'run' = 'edit',
): KernelState => ({
  spec: {
    id,
    person: 'p_00000001',
    notebook: 'n_00000001',
    mode,
    autorun: false,
    theme: 'light',
    limits: { memory: 1, processes: 1, cpuShare: 1, files: 1, scratch: 1, output: 1 },
  },
  phase,
  usage: null,
  attached: null,
  detachedSince: 0,
  startedAt: 0,
  data: null,
})
const exited = { phase: 'exited', cause: 'crashed', message: 'x' } as const

test('the newest kernel of an opening is found; exited ones of it make room, those of another mode stay', () => {
  const mirror = new Mirror()
  mirror.put(state('k_a', exited))
  mirror.put(state('k_b', exited, 'run'))
  mirror.put(state('k_c'))
  expect(mirror.list().map(({ spec }) => spec.id)).toEqual(['k_b', 'k_c'])
  expect(mirror.find({ person: 'p_00000001', notebook: 'n_00000001', mode: 'edit' })?.spec.id).toBe('k_c')
  expect(mirror.find({ person: 'p_00000002', notebook: 'n_00000001', mode: 'edit' })).toBeNull()
})

test('a preview is of its profile: no reader’s kernel is found for it, nor it for a reader, and makes room for its own', () => {
  const mirror = new Mirror()
  const preview = { clearance: { level: 'internal', markings: [] }, groups: [] } as const
  const of = (id: string) => {
    const ended = state(id, exited, 'run')
    return { ...ended, spec: { ...ended.spec, preview } }
  }
  const { spec } = of('k_b')
  mirror.put(state('k_a', exited, 'run'))
  expect(mirror.find(spec)).toBeNull()
  mirror.put(of('k_b'))
  mirror.put(of('k_c'))
  expect(mirror.list().map(({ spec: { id } }) => id)).toEqual(['k_a', 'k_c'])
  expect(mirror.find(spec)?.spec.id).toBe('k_c')
  expect(mirror.find(state('k_a', exited, 'run').spec)?.spec.id).toBe('k_a')
  expect(mirror.find({ ...spec, preview: { ...preview, groups: ['staff'] } })).toBeNull()
})

test('an event of an unknown kernel changes nothing; one of a known kernel carries the state after it', () => {
  const mirror = new Mirror()
  expect(mirror.apply({ type: 'attached', kernel: 'k_a', tab: 't_1' }, 5)).toBeNull()
  mirror.put(state('k_a'))
  expect(mirror.apply({ type: 'attached', kernel: 'k_a', tab: 't_1' }, 5)?.state).toMatchObject({
    attached: 't_1',
    detachedSince: null,
  })
  expect(mirror.apply({ type: 'attached', kernel: 'k_a', tab: null }, 6)?.state).toMatchObject({
    attached: null,
    detachedSince: 6,
  })
})

test('a list brings the unknown, moves the known on, and ends what a new runner no longer has', () => {
  const mirror = new Mirror()
  mirror.put(state('k_gone'))
  mirror.put(state('k_same'))
  const events = mirror.reconcile([state('k_same'), state('k_new', { phase: 'starting', step: 'python' }, 'run')], 1)
  expect(events.map(({ state: { spec, phase } }) => [spec.id, phase.phase])).toEqual([
    ['k_gone', 'exited'],
    ['k_new', 'starting'],
  ])
  expect(mirror.get('k_gone')?.phase).toMatchObject({ cause: 'runner-lost' })
  expect(mirror.loseAll(2)).toHaveLength(2)
  expect(mirror.loseAll(3)).toEqual([])
})

test('what has exited is remembered up to a bound, the oldest forgotten first', () => {
  const mirror = new Mirror()
  for (let n = 0; n < 1100; n++) {
    const each = state(`k_${n}`)
    mirror.put({ ...each, spec: { ...each.spec, notebook: `n_${n}` } })
    mirror.exit(`k_${n}`, 'stopped', n)
  }
  expect(mirror.list()).toHaveLength(1024)
  expect(mirror.get('k_0')).toBeNull()
})
