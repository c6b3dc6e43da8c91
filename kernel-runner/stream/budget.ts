// The bound over all rings together. When it is passed, rings over their own bound are cut to it first; then the person whose
// rings cost most pays, with those whose client has been away longest (it will be given marimo's own replay) before those
// of clients that read too slowly.
import type { PersonId } from '#protocol/ids.ts'
import { RING } from '#protocol/limits.ts'
import type { Ring } from './ring.ts'

export interface RingHolder {
  readonly ring: Ring
  readonly owner: PersonId
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
    for (const [holder, bound] of this.#givers()) {
      if (this.#total <= this.#bound) return
      if (holder.ring.bytes <= bound) continue
      holder.ring.trim(bound)
      holder.overrun()
    }
  }

  /** Who gives, in order, and down to what. */
  #givers(): [RingHolder, number][] {
    const costs = new Map<PersonId, number>()
    const costOf = ({ owner }: RingHolder) => costs.get(owner) ?? 0
    for (const holder of this.#holders) costs.set(holder.owner, costOf(holder) + holder.ring.bytes)
    const sorted = [...this.#holders].sort((a, b) => costOf(b) - costOf(a) || longestAwayFirst(a, b))
    return [RING.kernel, 0].flatMap((bound) => sorted.map((holder): [RingHolder, number] => [holder, bound]))
  }
}

function longestAwayFirst(a: RingHolder, b: RingHolder): number {
  return away(a) - away(b) || b.ring.bytes - a.ring.bytes
}

const away = ({ detachedSince }: RingHolder) => detachedSince ?? Number.MAX_VALUE
