// Tells a person what their kernels do, and ends those the idle policy gives up, after a warning.
import type { KernelId } from '#protocol/ids.ts'
import type { Events } from '../seams/events.ts'
import type { KernelEvent, Kernels } from '../seams/kernels.ts'
import { judge } from './idle.ts'

export type Watch = { tick(): void; close(): void }

export function watchKernels(kernels: Kernels, events: Events, now: () => number): Watch {
  const warned = new Map<KernelId, number>()
  const close = kernels.subscribe((event) => tell(events, event))
  return {
    close,
    tick: () => {
      for (const state of kernels.list()) {
        const { id: kernel, person, notebook } = state.spec
        const verdict = judge(state, now())
        if (verdict.type === 'stop') void kernels.stop(kernel, verdict.cause)
        if (verdict.type !== 'warn') {
          warned.delete(kernel)
        } else if (warned.get(kernel) !== verdict.stopsAt) {
          warned.set(kernel, verdict.stopsAt)
          events.publish([person], { type: 'idle-warning', kernel, notebook, stopsAt: verdict.stopsAt })
        }
      }
    },
  }
}

function tell(events: Events, { event, state }: KernelEvent): void {
  const { id: kernel, person, notebook } = state.spec
  if (event.type === 'phase') events.publish([person], { type: 'phase', kernel, notebook, phase: event.phase })
  if (event.type === 'usage') events.publish([person], { type: 'usage', kernel, notebook, usage: event.usage })
}
