// The receiving half of one channel: credit it gave, sequences it expects, the message in the making.
//
// A reader that consumes nothing grants nothing. One exception lets a message longer than the window arrive at all: while
// nothing delivered waits to be consumed, the fragments of the message in the making are granted again as they come. So
// the most a reader can be made to hold is one message and one window.
import { frameCost } from './codec.ts'
import type { Frame } from './frame.ts'
import { WIRE } from './limits.ts'
import { type Message, Reassembler } from './reassemble.ts'

export type Fault = 'badFrame' | 'tooBig' | 'gap' | 'overrun' | 'forbidden'

/** The message this frame completed, if it did; or the fault in it. */
export type Accepted = { readonly message: Message | null } | { readonly fault: Fault }

export class Inbox {
  readonly #window: number
  readonly #whole = new Reassembler()
  #granted: number // all sums from the channel's opening on
  #received = 0
  #consumed = 0
  #last: number // sequence of the last message that arrived whole

  constructor(window: number, lastReceived: number) {
    this.#window = window
    this.#granted = window
    this.#last = lastReceived
  }

  /** Sequence of the last message that arrived whole: the ResumePoint's `received`. */
  get last(): number {
    return this.#last
  }

  accept(frame: Frame): Accepted {
    this.#received += frameCost(frame.payload.byteLength)
    if (this.#received > this.#granted) return { fault: 'overrun' }
    if (frame.sequence !== 0 && frame.sequence !== this.#last + 1) return { fault: 'gap' }
    const message = this.#whole.add(frame)
    if (message === 'badFrame' || message === 'tooBig') return { fault: message }
    if (message !== null && message.sequence !== 0) this.#last = message.sequence
    return { message }
  }

  consumed(cost: number): void {
    this.#consumed += cost
  }

  /** Has a quarter of the window gathered? */
  get owes(): boolean {
    return this.#due() >= this.#window / 4
  }

  /** Bytes to grant now. */
  grant(): number {
    if (!this.owes) return 0
    const due = this.#due()
    this.#granted += due
    return due
  }

  #due(): number {
    const partial = this.#whole.partial
    const waiting = this.#received - partial - this.#consumed
    return this.#window + this.#consumed + (waiting === 0 ? partial : 0) - this.#granted
  }
}

/** A window must hold two full frames, or a sender could wait for a grant that the receiver does not yet owe. */
export const SMALLEST_WINDOW = 2 * frameCost(WIRE.fragment)
