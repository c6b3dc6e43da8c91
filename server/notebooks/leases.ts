// Runs the lease reducer for every notebook and tells people. Leases live in memory: after a restart of the gateway whoever
// the runner has as an editor of a moment ago takes the free lease back, and a save by anybody else becomes a draft.
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import type { Leases } from '../seams/document.ts'
import { FREE, type Lease, type LeaseEffect, type LeaseEvent, step } from './lease.ts'

/** What the shell must be told; who hears of it is the caller's affair. */
export type Tell = (notebook: NotebookId, effect: Exclude<LeaseEffect, { type: 'refused' }>) => void
export type Denied = Extract<LeaseEffect, { type: 'refused' }>['why'] | null

export type LeaseKeeper = Leases & {
  /** Null: it went through. */
  apply(notebook: NotebookId, event: LeaseEvent): Denied
  /** Who is asking for it, and until when the holder may answer. */
  asked(notebook: NotebookId): { readonly by: PersonId; readonly answerBy: number } | null
  /** Lets time decide; gateway.ts calls it each second. */
  tick(): void
  forget(notebook: NotebookId): void
}

export function keepLeases(now: () => number, tell: Tell): LeaseKeeper {
  const leases = new Map<NotebookId, Lease>()
  const of = (notebook: NotebookId) => leases.get(notebook) ?? FREE

  const apply = (notebook: NotebookId, event: LeaseEvent): Denied => {
    const [after, effects] = step(of(notebook), event, now())
    if (after.type === 'free') leases.delete(notebook)
    else leases.set(notebook, after)
    let denied: Denied = null
    for (const effect of effects) {
      if (effect.type === 'refused') denied = effect.why
      else tell(notebook, effect)
    }
    return denied
  }
  const holder = (notebook: NotebookId): PersonId | null => {
    apply(notebook, { type: 'tick' })
    const lease = of(notebook)
    return lease.type === 'free' ? null : lease.holder
  }
  return {
    apply,
    holder,
    sign: (notebook, person) => (apply(notebook, { type: 'sign', person }) === null ? 'held' : 'lost'),
    release: (notebook, person) => void apply(notebook, { type: 'release', person }),
    asked: (notebook) => {
      const lease = of(notebook)
      return lease.type === 'asked' ? { by: lease.by, answerBy: lease.answerBy } : null
    },
    tick: () => {
      for (const notebook of [...leases.keys()]) apply(notebook, { type: 'tick' })
    },
    forget: (notebook) => void leases.delete(notebook),
  }
}
