// What waits to be sent on one channel, and the credit the far side has given for it. Cuts messages into fragments only
// when they are sent, so a waiting message is the caller's own bytes; relayed frames pass as they are.
import { encodeFrame, frameCost, messageCost } from './codec.ts'
import type { Kind } from './frame.ts'
import { WIRE } from './limits.ts'

type Whole = { readonly kind: Kind; readonly sequence: number; readonly payload: Uint8Array; offset: number }
type Relayed = { readonly frame: Uint8Array; readonly cost: number }

export class Outbox {
  #waiting: (Whole | Relayed)[] = []
  #first = 0 // index of the next to send: shifting a long array at each frame would be quadratic
  #queued = 0
  #credit: number
  #sequence: number
  #ended = false

  constructor(credit: number, nextSequence: number) {
    this.#credit = Math.min(credit, WIRE.window)
    this.#sequence = nextSequence
  }

  /** Waiting bytes, in credit. */
  get queued(): number {
    return this.#queued
  }

  get credit(): number {
    return this.#credit
  }

  /** A hostile grant is cut at the window: what one channel can have under way stays bounded by our own number. */
  grant(bytes: number): void {
    this.#credit = Math.min(this.#credit + bytes, WIRE.window)
  }

  /** Takes a message of the count; returns its sequence. */
  push(kind: Kind, payload: Uint8Array): number {
    const sequence = this.#sequence++
    this.#add({ kind, sequence, payload, offset: 0 }, messageCost(payload.byteLength))
    return sequence
  }

  /** A message outside the count (sequence 0): one frame, it may fall between the fragments of another. */
  pushUncounted(kind: Kind, payload: Uint8Array): void {
    this.#add({ kind, sequence: 0, payload, offset: 0 }, frameCost(payload.byteLength))
  }

  /** A message of the count under its own sequence (a relay sends on what the far side has numbered). */
  pushNumbered(kind: Kind, sequence: number, payload: Uint8Array): void {
    this.#add({ kind, sequence, payload, offset: 0 }, messageCost(payload.byteLength))
  }

  /** Pays for a frame that goes out now, past the queue; false where it must wait in it. */
  pay(cost: number): boolean {
    if (this.#ended || this.#waiting.length > 0 || cost > this.#credit) return false
    this.#credit -= cost
    return true
  }

  /** The sequence of a message that goes past the queue. */
  number(): number {
    return this.#sequence++
  }

  pushFrame(frame: Uint8Array, cost: number): void {
    this.#add({ frame, cost }, cost)
  }

  ready(): boolean {
    const item = this.#waiting[this.#first]
    return item !== undefined && this.#next(item) <= this.#credit
  }

  /** The next frame, paid for; only when ready(). */
  take(channel: number): Uint8Array | null {
    const item = this.#waiting[this.#first]
    if (item === undefined) return null
    const cost = this.#next(item)
    if (cost > this.#credit) return null
    this.#credit -= cost
    this.#queued -= cost
    if ('frame' in item) {
      this.#advance()
      return item.frame
    }
    const end = item.sequence === 0 ? item.payload.byteLength : Math.min(item.offset + WIRE.fragment, item.payload.byteLength)
    const part = item.payload.subarray(item.offset, end)
    item.offset = end
    const more = end < item.payload.byteLength
    if (!more) this.#advance()
    return encodeFrame(channel, item.kind, more, item.sequence, part)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The channel is over: what waits is dropped, and so is what its owner still sends. */
  end(): void {
    this.#ended = true
    this.#waiting = []
    this.#first = 0
    this.#queued = 0
  }

  #add(item: Whole | Relayed, cost: number): void {
    if (this.#ended) return
    this.#waiting.push(item)
    this.#queued += cost
  }

  #next(item: Whole | Relayed): number {
    if ('frame' in item) return item.cost
    const left = item.payload.byteLength - item.offset
    return frameCost(item.sequence === 0 ? left : Math.min(left, WIRE.fragment))
  }

  #advance(): void {
    this.#first++
    if (this.#first === this.#waiting.length) {
      this.#waiting.length = 0
      this.#first = 0
    } else if (this.#first >= 1024) {
      this.#waiting.splice(0, this.#first)
      this.#first = 0
    }
  }
}
