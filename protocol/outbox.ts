// What waits to be sent on one channel, and the credit the far side has given for it. Cuts messages into fragments only
// when they are sent, so a waiting message is the caller's own bytes; relayed frames pass as they are.
import { encodeFrame, encodeHead, frameCost } from './codec.ts'
import type { Kind } from './frame.ts'
import { WIRE } from './limits.ts'
import { varintLength } from './varint.ts'
import type { Wire } from './wire.ts'

type Whole = { readonly kind: Kind; readonly sequence: number; readonly payload: Uint8Array; offset: number }
type Relayed = { readonly frame: Uint8Array; readonly cost: number }

export class Outbox {
  #waiting: (Whole | Relayed)[] = []
  #first = 0 // index of the next to send: shifting a long array at each frame would be quadratic
  #queued = 0
  #uncounted = 0 // messages of sequence 0 among them
  #credit: number
  #sequence: number
  #ended = false

  constructor(credit: number, nextSequence: number) {
    this.#credit = Math.min(credit, WIRE.window)
    this.#sequence = nextSequence
  }

  /** Waiting bytes, each message with the fixed cost of one frame. */
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
    this.#add({ kind, sequence, payload, offset: 0 }, frameCost(payload.byteLength))
    return sequence
  }

  /**
   * A message outside the count (sequence 0): one frame, it may fall between the fragments of another. False where
   * WIRE.refusals of them wait already: no credit holds back who causes them, so the channel must end.
   */
  pushUncounted(kind: Kind, payload: Uint8Array): boolean {
    if (this.#uncounted >= WIRE.refusals) return false
    this.#uncounted++
    this.#add({ kind, sequence: 0, payload, offset: 0 }, frameCost(payload.byteLength))
    return true
  }

  /** A message of the count under its own sequence (a relay sends on what the far side has numbered). */
  pushNumbered(kind: Kind, sequence: number, payload: Uint8Array): void {
    this.#add({ kind, sequence, payload, offset: 0 }, frameCost(payload.byteLength))
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

  /** Pays for the next frame and sends it; false where none may go. */
  take(channel: number, wire: Pick<Wire, 'send' | 'sendApart'>): boolean {
    const item = this.#waiting[this.#first]
    const cost = item === undefined ? 0 : this.#next(item)
    if (item === undefined || cost > this.#credit) return false
    this.#credit -= cost
    if ('frame' in item) {
      this.#advance(cost)
      wire.send(item.frame)
    } else this.#fragment(channel, item, wire)
    return true
  }

  #fragment(channel: number, item: Whole, wire: Pick<Wire, 'send' | 'sendApart'>): void {
    const { kind, sequence, payload } = item
    const end = item.offset + this.#part(item)
    const part = payload.subarray(item.offset, end)
    const more = end < payload.byteLength
    item.offset = end
    if (sequence === 0) this.#uncounted--
    if (more) this.#queued -= part.byteLength
    else this.#advance(frameCost(part.byteLength))
    if (wire.sendApart && part.byteLength >= APART) wire.sendApart(encodeHead(channel, kind, more, sequence), part)
    else wire.send(encodeFrame(channel, kind, more, sequence, part))
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
    return 'frame' in item ? item.cost : frameCost(this.#part(item))
  }

  /** Bytes of the next fragment. A full frame with its length before it is 64 KiB: what a byte stream is read in. */
  #part({ sequence, payload, offset }: Whole): number {
    const left = payload.byteLength - offset
    if (sequence === 0) return left
    return Math.min(left, WIRE.fragment - HEAD - varintLength(sequence))
  }

  #advance(cost: number): void {
    this.#queued -= cost
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

const HEAD = 3 + 1 + 2 // length, kind, channel of up to 16383
const APART = 16 * 1024 // from here on the payload is not copied behind its head
