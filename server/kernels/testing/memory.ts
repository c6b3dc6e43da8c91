// Kernels that exist in this process only: every start is accepted, and the test moves them through their phases.
import type { KernelId } from '#protocol/ids.ts'
import { MARIMO } from '#protocol/marimo.ts'
import { type KernelState, type RunnerEvent, sameOpening } from '#protocol/runner.ts'
import type { KernelEvent, Kernels, Started } from '../../seams/kernels.ts'

export type MemoryKernels = Kernels & {
  readonly sources: ReadonlyMap<KernelId, string>
  /** Applies what a runner would say. */
  happen(event: RunnerEvent): void
  /** What the next starts are answered with; null: accepted. */
  answer(started: Started | null): void
  /** Starts wait until what this answers is called. */
  hold(): () => void
  /** While the runner is away it is told nothing. */
  away(is: boolean): void
}

export function memoryKernels(now: () => number, level = 3): MemoryKernels {
  const states = new Map<KernelId, KernelState>()
  const sources = new Map<KernelId, string>()
  const listeners = new Set<(event: KernelEvent) => void>()
  const told = { answer: null as Started | null, held: Promise.resolve(), away: false }

  const happen = (event: RunnerEvent) => {
    const before = states.get(event.kernel)
    if (!before) return
    const state = after(before, event, now())
    states.set(event.kernel, state)
    for (const listener of listeners) listener({ event, state })
  }
  return {
    sources,
    happen,
    answer: (started) => {
      told.answer = started
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      told.held = promise
      return resolve
    },
    away: (is) => {
      told.away = is
    },
    packages: async () => [],
    info: () => ({ level, why: [], packages: [], marimo: MARIMO, python: '3.11', instance: 'memory' }),
    list: () => [...states.values()],
    get: (kernel) => states.get(kernel) ?? null,
    find: (opening) => [...states.values()].filter(({ spec }) => sameOpening(spec, opening)).at(-1) ?? null,
    start: async (spec, source) => {
      await told.held
      if (told.answer) return told.answer
      const phase = { phase: 'starting', step: 'queued' } as const
      const state: KernelState = { spec, phase, usage: null, attached: null, detachedSince: now(), startedAt: now(), data: null }
      states.set(spec.id, state)
      sources.set(spec.id, source)
      return { type: 'started', state }
    },
    stop: async (kernel, cause) => {
      if (!told.away) happen({ type: 'phase', kernel, phase: { phase: 'exited', cause, message: 'Stopped.' } })
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function after(state: KernelState, event: RunnerEvent, now: number): KernelState {
  if (event.type === 'phase') return state.phase.phase === 'exited' ? state : { ...state, phase: event.phase }
  if (event.type === 'usage') return { ...state, usage: event.usage }
  return { ...state, attached: event.tab, detachedSince: event.tab === null ? now : null }
}
