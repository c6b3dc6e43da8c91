import { describe, expect, it } from 'vitest'
import { KERNEL } from '#protocol/limits.ts'
import { BORN, type Effect, type Event, phaseOf, type State, step } from './supervise.ts'

const GiB = 1024 ** 3
const limits = { memory: 2 * GiB, processes: 256, cpuShare: 1, files: 4096, scratch: 2 * GiB, output: 8 * 1024 ** 2 }
const context = { limits, level: 3 }

const turn: Event = { type: 'turn' }
const python: Event = { type: 'provider', event: { type: 'step', step: 'python' } }
const listening: Event = { type: 'provider', event: { type: 'listening', socket: '/s' } }
const ready: Event = { type: 'kernel-ready' }
const lost = (type: 'refused' | 'shutdown' | 'lost', lived = 60_000): Event => ({
  type: 'stream-ended',
  end: { type },
  lived,
  how: null,
})
const seen = (death: Extract<Event, { type: 'inspected' }>['death']): Event => ({ type: 'inspected', death })
const sampled = (memory: number, scratch: number, disk: 'enough' | 'none' = 'enough'): Event => ({
  type: 'sampled',
  sample: { memory, scratch, cpu: 0, disk },
})
const stop = (cause: 'stopped' | 'idle'): Event => ({ type: 'stop', cause })

function run(events: readonly Event[]): { state: State; effects: Effect[] } {
  let state = BORN
  const effects: Effect[] = []
  for (const event of events) {
    const [next, wanted] = step(state, event, context)
    state = next
    effects.push(...wanted)
  }
  return { state, effects }
}
const started = [turn, python, listening, ready]
const names = (effects: readonly Effect[]) => effects.map((effect) => effect.do)

it('starts step by step, each one said', () => {
  const { state, effects } = run(started)
  expect(state).toEqual({ at: 'ready', redials: 0 })
  const phases = effects.flatMap((effect) => (effect.do === 'announce' ? [effect.phase] : []))
  expect(phases).toEqual([
    { phase: 'starting', step: 'sandbox' },
    { phase: 'starting', step: 'python' },
    { phase: 'starting', step: 'notebook' },
    { phase: 'ready', level: 3 },
  ])
  expect(effects).toContainEqual({ do: 'dial', socket: '/s' })
  expect(effects).toContainEqual({ do: 'deadline', of: 'start', after: KERNEL.startDeadline })
})

describe('every end has its cause, in words, and ends everything once', () => {
  it.each<[string, readonly Event[], string, RegExp]>([
    ['stopped while queued', [stop('stopped')], 'stopped', /shut down/],
    [
      'the provider fails',
      [turn, { type: 'provider', event: { type: 'failed', why: 'No user id is free.' } }],
      'start-failed',
      /building its sandbox failed. No user id is free/,
    ],
    [
      'too slow in Python',
      [turn, python, { type: 'deadline', of: 'start' }],
      'start-failed',
      /starting Python took longer than 60 seconds/,
    ],
    [
      'too slow to load',
      [turn, python, listening, { type: 'deadline', of: 'start' }],
      'start-failed',
      /loading the notebook took longer/,
    ],
    [
      'dead before it listened',
      [turn, python, { type: 'provider', event: { type: 'died', death: { type: 'exit', value: 1 } } }],
      'start-failed',
      /starting Python failed.*exit code 1/,
    ],
    [
      'a source that is no notebook',
      [turn, python, listening, lost('lost'), seen(null)],
      'start-failed',
      /not a marimo notebook that Python can read/,
    ],
    ['memory gone during the start', [turn, python, listening, lost('lost'), seen({ type: 'memory' })], 'memory', /2 GB/],
    ['server killed', [...started, lost('refused'), seen({ type: 'signal', value: 9 })], 'crashed', /kill signal/],
    ['server gone, nobody saw how', [...started, lost('refused'), seen(null)], 'crashed', /unexpectedly/],
    ['nobody says why in time', [...started, lost('refused'), { type: 'deadline', of: 'inspect' }], 'crashed', /unexpectedly/],
    ['memory', [...started, lost('shutdown'), seen({ type: 'memory' })], 'memory', /memory limit of 2 GB/],
    [
      'os._exit(3) in a cell',
      [...started, { ...lost('shutdown'), how: { type: 'exit', value: 3 } } as Event, seen(null)],
      'crashed',
      /exit code 3/,
    ],
    [
      'segmentation fault',
      [...started, { ...lost('shutdown'), how: { type: 'signal', value: 11 } } as Event, seen({ type: 'unknown' })],
      'crashed',
      /segmentation fault/,
    ],
    ['the watcher sees too much memory', [...started, sampled(2 * GiB + 1, 0)], 'memory', /2 GB/],
    ['the watcher sees too much scratch', [...started, sampled(0, 2 * GiB + 1)], 'scratch', /2 GB of scratch/],
    ['it writes most to a disk that is nearly full', [...started, sampled(0, 0, 'none')], 'scratch', /disk is nearly full/],
    ['idle', [...started, stop('idle')], 'idle', /nothing had run/],
  ])('%s', (_name, events, cause, words) => {
    const { state, effects } = run(events)
    expect(state).toMatchObject({ at: 'exited', cause, message: expect.stringMatching(words) })
    expect(names(effects).filter((name) => name === 'end')).toHaveLength(1)
    const late = run([...events, ready, listening, lost('lost'), stop('stopped'), sampled(9 * GiB, 0)])
    expect(late.state).toEqual(state)
    expect(late.effects).toEqual(effects)
  })
})

describe('a lost stream of a living server', () => {
  it('is dialled again, and the kernel stays ready meanwhile', () => {
    const { state } = run([...started, lost('lost')])
    expect(phaseOf(state, 3)).toEqual({ phase: 'ready', level: 3 })
    const after = run([...started, lost('lost'), seen(null)])
    expect(after.state).toEqual({ at: 'ready', redials: 1 })
    expect(after.effects.at(-1)).toEqual({ do: 'dial', socket: null })
  })

  it('is given up when it never lasts, not when it is lost now and then', () => {
    const flap = [lost('lost', 100), seen(null)]
    expect(run([...started, ...flap, ...flap, ...flap]).state.at).toBe('ready')
    expect(run([...started, ...flap, ...flap, ...flap, ...flap]).state).toMatchObject({ at: 'exited', cause: 'crashed' })
    const rare = [lost('lost'), seen(null)]
    expect(run([...started, ...rare, ...rare, ...rare, ...rare, ...rare]).state.at).toBe('ready')
  })
})

it('an event out of place changes nothing', () => {
  for (const event of [ready, listening, seen(null), { type: 'deadline', of: 'inspect' } as Event])
    if (event !== listening) expect(run([event]).state).toEqual(BORN)
  expect(run([...started, turn, python, listening, ready]).state).toEqual({ at: 'ready', redials: 0 })
})

it('samples within the limits change nothing', () => {
  expect(run([...started, sampled(2 * GiB, 2 * GiB)]).state.at).toBe('ready')
})
