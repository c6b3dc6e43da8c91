// Says something at once, and then at most once in each `every` ms, the last time included: what changes in a flood is told
// as often as somebody can look at it.
import type { Clock } from '#protocol/wire.ts'

export class Pace {
  readonly #clock: Clock
  readonly #every: number
  readonly #say: () => void
  #state: 'quiet' | 'said' | 'owing' = 'quiet'

  constructor(clock: Clock, every: number, say: () => void) {
    this.#clock = clock
    this.#every = every
    this.#say = say
  }

  changed(): void {
    if (this.#state !== 'quiet') this.#state = 'owing'
    else {
      this.#state = 'said'
      this.#clock.after(this.#every, () => this.#again())
      this.#say()
    }
  }

  #again(): void {
    const owing = this.#state === 'owing'
    this.#state = 'quiet'
    if (owing) this.changed()
  }
}
