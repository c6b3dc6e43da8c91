// The in-process bus of seams/events.ts.
import type { Addressed, Events } from './seams/events.ts'

export function makeEvents(): Events {
  const listeners = new Set<(addressed: Addressed) => void>()
  return {
    publish: (to, event) => {
      if (to !== 'everyone' && to.length === 0) return
      for (const listener of listeners) listener({ to, event })
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
