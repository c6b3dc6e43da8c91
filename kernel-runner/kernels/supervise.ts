// The life of one kernel as a pure reducer: what happened in, what to do out. kernel.ts carries it out.
//
//   queued -> sandbox -> python -> notebook -> ready
//                 \________\_________\________/ \-> lost -> (asked why) -> ready again, or exited
//                                     any -> exited(cause, message)
//
// An event that does not fit the state changes nothing: processes and timers report late.
import { KERNEL } from '#protocol/limits.ts'
import type { Cause, Limits, Phase } from '#protocol/runner.ts'
import { MARIMO, WATCH } from '../bounds.ts'
import type { Death, ProviderEvent, Sample, StartStep } from '../providers/provider.ts'
import type { StreamEnd } from '../stream/marimo.ts'
import type { ProcessEnd } from '../stream/status.ts'
import { DISK_FULL, deathWords, howEnded, startFailedWords, stopWords, UNREADABLE } from './words.ts'

export type State =
  | { readonly at: 'starting'; readonly step: StartStep }
  | { readonly at: 'ready'; readonly redials: number }
  | {
      readonly at: 'lost'
      readonly before: StartStep | 'ready'
      readonly redials: number
      readonly end: StreamEnd
      readonly how: ProcessEnd | null
    }
  | { readonly at: 'exited'; readonly cause: Cause; readonly message: string }

export type Event =
  | { readonly type: 'turn' } // its turn to start has come
  | { readonly type: 'provider'; readonly event: ProviderEvent }
  | { readonly type: 'kernel-ready' } // marimo said so on its stream
  | { readonly type: 'stream-ended'; readonly end: StreamEnd; readonly lived: number; readonly how: ProcessEnd | null }
  | { readonly type: 'inspected'; readonly death: Death | null }
  | { readonly type: 'sampled'; readonly sample: Sample }
  | { readonly type: 'deadline'; readonly of: Deadline }
  | { readonly type: 'stop'; readonly cause: Cause }

export type Deadline = 'start' | 'inspect'

export type Effect =
  | { readonly do: 'announce'; readonly phase: Phase }
  | { readonly do: 'spawn' }
  | { readonly do: 'dial'; readonly socket: string | null } // null: the same socket again
  | { readonly do: 'inspect' }
  | { readonly do: 'deadline'; readonly of: Deadline; readonly after: number }
  | { readonly do: 'clear'; readonly of: Deadline }
  | { readonly do: 'end' } // every process, the folder, the ring

export type Context = { readonly limits: Limits; readonly level: number }
type Result = readonly [State, readonly Effect[]]

export const BORN: State = { at: 'starting', step: 'queued' }

const LIVED_WELL = 10_000 // ms: a stream that lasted this long may be redialled anew

export function step(state: State, event: Event, context: Context): Result {
  if (state.at === 'exited') return same(state)
  switch (event.type) {
    case 'turn':
      return state.at === 'starting' && state.step === 'queued' ? spawn() : same(state)
    case 'provider':
      return provider(state, event.event, context)
    case 'kernel-ready':
      return state.at === 'starting' && state.step === 'notebook' ? ready(context) : same(state)
    case 'stream-ended':
      return streamEnded(state, event)
    case 'inspected':
      return state.at === 'lost' ? inspected(state, event.death, context) : same(state)
    case 'sampled':
      return sampled(state, event.sample, context)
    case 'deadline':
      return deadline(state, event.of, context)
    case 'stop':
      return exit(event.cause, stopWords(event.cause, context.limits))
  }
}

const same = (state: State): Result => [state, []]

function spawn(): Result {
  const effects: Effect[] = [{ do: 'deadline', of: 'start', after: KERNEL.startDeadline }, { do: 'spawn' }]
  return starting('sandbox', effects)
}

function starting(name: StartStep, effects: readonly Effect[] = []): Result {
  return [{ at: 'starting', step: name }, [{ do: 'announce', phase: { phase: 'starting', step: name } }, ...effects]]
}

function ready(context: Context): Result {
  return [
    { at: 'ready', redials: 0 },
    [
      { do: 'clear', of: 'start' },
      { do: 'announce', phase: { phase: 'ready', level: context.level } },
    ],
  ]
}

function provider(state: State, event: ProviderEvent, context: Context): Result {
  switch (event.type) {
    case 'step':
      return state.at === 'starting' && state.step !== event.step ? starting(event.step) : same(state)
    case 'listening':
      return state.at === 'starting' ? starting('notebook', [{ do: 'dial', socket: event.socket }]) : same(state)
    case 'failed':
      return exit('start-failed', startFailedWords(stepOf(state), event.why, null))
    case 'died':
      return died(state, event.death, context)
  }
}

function streamEnded(state: State, event: Extract<Event, { type: 'stream-ended' }>): Result {
  if (state.at === 'lost') return same(state)
  const redials = state.at === 'ready' && event.lived < LIVED_WELL ? state.redials : 0
  const before = state.at === 'ready' ? 'ready' : stepOf(state)
  return [
    { at: 'lost', before, redials, end: event.end, how: event.how },
    [{ do: 'inspect' }, { do: 'deadline', of: 'inspect', after: WATCH.inspect }],
  ]
}

function inspected(state: Extract<State, { at: 'lost' }>, death: Death | null, context: Context): Result {
  if (death) return died(state, state.how && death.type === 'unknown' ? state.how : death, context)
  if (state.end.type === 'lost' && state.before === 'ready' && state.redials < MARIMO.redials)
    return [
      { at: 'ready', redials: state.redials + 1 },
      [
        { do: 'clear', of: 'inspect' },
        { do: 'dial', socket: null },
      ],
    ]
  // The server is well and has ended the session before it began: marimo could not parse the file.
  if (state.before === 'notebook' && state.end.type === 'lost') return exit('start-failed', UNREADABLE)
  return died(state, state.how ?? { type: 'unknown' }, context)
}

function died(state: State, death: Death, context: Context): Result {
  const before = state.at === 'lost' ? state.before : state.at === 'ready' ? 'ready' : stepOf(state)
  if (before !== 'ready' && death.type !== 'memory')
    return exit('start-failed', startFailedWords(before, `Python ${howEnded(death)}.`, null))
  const { cause, message } = deathWords(death, context.limits)
  return exit(cause, message)
}

function sampled(state: State, sample: Sample, context: Context): Result {
  const { limits } = context
  if (sample.memory > limits.memory) return exit('memory', stopWords('memory', limits))
  if (sample.scratch > limits.scratch) return exit('scratch', stopWords('scratch', limits))
  return sample.disk === 'none' ? exit('scratch', DISK_FULL) : same(state)
}

function deadline(state: State, of: Deadline, context: Context): Result {
  if (of === 'inspect') return state.at === 'lost' ? inspected(state, null, context) : same(state)
  if (state.at === 'ready' || (state.at === 'lost' && state.before === 'ready')) return same(state)
  return exit('start-failed', startFailedWords(stepOf(state), null, KERNEL.startDeadline / 1000))
}

function exit(cause: Cause, message: string): Result {
  return [
    { at: 'exited', cause, message },
    [
      { do: 'clear', of: 'start' },
      { do: 'clear', of: 'inspect' },
      { do: 'announce', phase: { phase: 'exited', cause, message } },
      { do: 'end' },
    ],
  ]
}

function stepOf(state: State): StartStep {
  if (state.at === 'starting') return state.step
  return state.at === 'lost' && state.before !== 'ready' ? state.before : 'notebook'
}

export function phaseOf(state: State, level: number): Phase {
  switch (state.at) {
    case 'starting':
      return { phase: 'starting', step: state.step }
    case 'exited':
      return { phase: 'exited', cause: state.cause, message: state.message }
    case 'lost':
      return state.before === 'ready' ? { phase: 'ready', level } : { phase: 'starting', step: state.before }
    case 'ready':
      return { phase: 'ready', level }
  }
}
