// A ping at every beat; a peer from which nothing at all came for two beats is gone.
import { WIRE } from './limits.ts'
import type { Clock } from './wire.ts'

export class Heartbeat {
  readonly #clock: Clock
  readonly #ping: (nonce: number) => void
  readonly #gone: () => void
  #heard: number
  #nonce = 0
  #cancel: () => void

  constructor(clock: Clock, ping: (nonce: number) => void, gone: () => void) {
    this.#clock = clock
    this.#ping = ping
    this.#gone = gone
    this.#heard = clock.now()
    this.#cancel = clock.after(WIRE.heartbeat, () => this.#beat())
  }

  heard(): void {
    this.#heard = this.#clock.now()
  }

  stop(): void {
    this.#cancel()
  }

  #beat(): void {
    if (this.#clock.now() - this.#heard >= 2 * WIRE.heartbeat) this.#gone()
    else {
      this.#cancel = this.#clock.after(WIRE.heartbeat, () => this.#beat())
      this.#ping(++this.#nonce)
    }
  }
}
