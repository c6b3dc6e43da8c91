// A ping at every beat; a peer from which nothing at all came for two beats is gone.
import { WIRE } from './limits.ts'
import type { Clock } from './wire.ts'

export class Heartbeat {
  readonly #clock: Clock
  readonly #ping: (nonce: number) => void
  readonly #gone: () => void
  #silent = 0 // beats since anything was heard: a counter, as frames come too often to read the clock at each
  #nonce = 0
  #cancel: () => void

  constructor(clock: Clock, ping: (nonce: number) => void, gone: () => void) {
    this.#clock = clock
    this.#ping = ping
    this.#gone = gone
    this.#cancel = clock.after(WIRE.heartbeat, () => this.#beat())
  }

  heard(): void {
    this.#silent = 0
  }

  stop(): void {
    this.#cancel()
  }

  #beat(): void {
    if (this.#silent === 2) this.#gone()
    else {
      this.#silent++
      this.#cancel = this.#clock.after(WIRE.heartbeat, () => this.#beat())
      this.#ping(++this.#nonce)
    }
  }
}
