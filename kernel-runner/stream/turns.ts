// The work of one kernel, whoever asked for it: so much at once, some of it strictly one after the other, and none is begun
// while there is no room for what it brings. It outlives its client: what comes with the next waits behind it.
import { MARIMO } from '../bounds.ts'

export type Turn = {
  readonly order: 'after the last' | 'beside'
  readonly cost: number // bytes it holds until it is done
  readonly work: () => Promise<void>
}
/** `crowded`: much was under way already, so more should come only when this is done. */
export type Taken = { readonly pace: 'free' | 'crowded'; readonly done: Promise<void> }

export class Turns {
  readonly #room: () => boolean
  #waiting: (() => void)[] = []
  #last: Promise<unknown> = Promise.resolve()
  #begun = 0
  #count = 0
  #held = 0

  constructor(room: () => boolean) {
    this.#room = room
  }

  /** Bytes of all that is not done. */
  get held(): number {
    return this.#held
  }

  /** Its work is done when its turn comes; never, where `end` was called first. */
  take({ order, cost, work }: Turn): Taken {
    this.#count += 1
    this.#held += cost
    const pace = this.#count <= MARIMO.commands && this.#held <= MARIMO.commandBytes ? 'free' : 'crowded'
    const begun = order === 'beside' ? this.#begin(work) : this.#last.then(() => this.#begin(work))
    const done = begun.finally(() => {
      this.#count -= 1
      this.#held -= cost
    })
    if (order === 'after the last') this.#last = done.catch(() => {})
    return { pace, done }
  }

  /** There may be room again. */
  next(): void {
    while (this.#begun < MARIMO.sockets && this.#room()) {
      const begin = this.#waiting.shift()
      if (!begin) return
      this.#begun += 1
      begin()
    }
  }

  end(): void {
    this.#waiting = []
  }

  async #begin(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    this.next()
    await promise
    try {
      await work()
    } finally {
      this.#begun -= 1
      this.next()
    }
  }
}
