// What the gateway knows of the runner's kernels: a copy, kept by its events and set right by its list at each connection.
// Pure. A kernel that has exited stays findable until the same opening starts again.
import type { KernelId } from '#protocol/ids.ts'
import { type Cause, type KernelState, type Opening, type Phase, type RunnerEvent, sameOpening } from '#protocol/runner.ts'
import type { KernelEvent } from '../seams/kernels.ts'

/** Exited kernels that are remembered; the oldest is forgotten first. */
const REMEMBERED = 1024

export class Mirror {
  readonly #kernels = new Map<KernelId, KernelState>()

  list(): readonly KernelState[] {
    return [...this.#kernels.values()]
  }

  get(kernel: KernelId): KernelState | null {
    return this.#kernels.get(kernel) ?? null
  }

  find(opening: Opening): KernelState | null {
    return this.list().findLast(({ spec }) => sameOpening(spec, opening)) ?? null
  }

  /** A kernel the runner has accepted. Takes the place of the exited ones of the same opening. */
  put(state: KernelState): void {
    for (const old of this.#kernels.values()) {
      if (sameOpening(old.spec, state.spec) && old.phase.phase === 'exited') this.#kernels.delete(old.spec.id)
    }
    // An event may have come before the answer that announced the kernel: what it said is newer.
    if (!this.#kernels.has(state.spec.id)) this.#kernels.set(state.spec.id, state)
  }

  /** Null: of a kernel this gateway has not heard of yet; the answer to its start, or the next list, brings it. */
  apply(event: RunnerEvent, now: number): KernelEvent | null {
    const before = this.#kernels.get(event.kernel)
    if (before === undefined) return null
    const state = after(before, event, now)
    this.#kernels.set(event.kernel, state)
    if (state.phase.phase === 'exited') this.#forget()
    return { event, state }
  }

  /** What a list changes: kernels unknown here, moved on meanwhile, or gone with a runner that was started anew. */
  reconcile(listed: readonly KernelState[], now: number): readonly KernelEvent[] {
    const there = new Set(listed.map(({ spec }) => spec.id))
    const lost = this.list().flatMap(({ spec }) => (there.has(spec.id) ? [] : (this.exit(spec.id, 'runner-lost', now) ?? [])))
    const changed = listed.flatMap((state) => {
      const before = this.#kernels.get(state.spec.id)
      this.#kernels.set(state.spec.id, state)
      const same = before !== undefined && JSON.stringify(before.phase) === JSON.stringify(state.phase)
      return same ? [] : [{ event: { type: 'phase', kernel: state.spec.id, phase: state.phase } as const, state }]
    })
    return [...lost, ...changed]
  }

  /** The runner is gone, and with it every kernel. */
  loseAll(now: number): readonly KernelEvent[] {
    return this.list().flatMap(({ spec }) => this.exit(spec.id, 'runner-lost', now) ?? [])
  }

  exit(kernel: KernelId, cause: Cause, now: number): KernelEvent | null {
    const before = this.#kernels.get(kernel)
    if (before === undefined || before.phase.phase === 'exited') return null
    const phase: Phase = { phase: 'exited', cause, message: WORDS[cause] ?? 'The kernel has ended.' }
    return this.apply({ type: 'phase', kernel, phase }, now)
  }

  #forget(): void {
    const exited = this.list().filter(({ phase }) => phase.phase === 'exited')
    for (const { spec } of exited.slice(0, Math.max(0, exited.length - REMEMBERED))) this.#kernels.delete(spec.id)
  }
}

const WORDS: Partial<Record<Cause, string>> = {
  'runner-lost': 'The kernel runner was restarted, so the variables of this kernel are gone. Start it again to go on.',
  revoked: 'This notebook is no longer shared with you.',
}

function after(before: KernelState, event: RunnerEvent, now: number): KernelState {
  switch (event.type) {
    case 'phase':
      return { ...before, phase: event.phase, ...(event.phase.phase === 'exited' && { attached: null }) }
    case 'usage':
      return { ...before, usage: event.usage }
    case 'attached':
      return { ...before, attached: event.tab, detachedSince: event.tab === null ? now : null }
  }
}
