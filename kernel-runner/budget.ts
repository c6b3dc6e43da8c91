// The bound over all rings together. When it is passed, the ring whose client has been away longest is emptied first (its
// client will be given marimo's own replay), and only then the rings of clients that read too slowly.
import { RING } from '#protocol/limits.ts'
import type { Ring } from './ring.ts'

export interface RingHolder {
  readonly ring: Ring
  /** ms since the epoch when its client went; null while one is attached. */
  readonly detachedSince: number | null
  /** Its unread messages were dropped: tell an attached client that it must begin anew. */
  overrun(): void
}

export class RingBudget {
  readonly #holders = new Set<RingHolder>()
  readonly #bound: number
  #total = 0

  constructor(bound: number = RING.all) {
    this.#bound = bound
  }

  get total(): number {
    return this.#total
  }

  readonly charge = (bytes: number): void => {
    this.#total += bytes
  }

  add(holder: RingHolder): void {
    this.#holders.add(holder)
  }

  remove(holder: RingHolder): void {
    this.#holders.delete(holder)
  }

  /** Called after each push. */
  enforce(): void {
    if (this.#total <= this.#bound) return
    for (const holder of [...this.#holders].sort(longestAwayFirst)) {
      if (this.#total <= this.#bound) return
      if (holder.ring.bytes === 0) continue
      holder.ring.trim(0)
      holder.overrun()
    }
  }
}

function longestAwayFirst(a: RingHolder, b: RingHolder): number {
  return (
    (a.detachedSince ?? Number.POSITIVE_INFINITY) - (b.detachedSince ?? Number.POSITIVE_INFINITY) || b.ring.bytes - a.ring.bytes
  )
}
