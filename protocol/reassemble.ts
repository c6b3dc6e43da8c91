// Fragments back into messages. One message at a time: a frame of another kind or sequence inside one is a fault.
import { frameCost } from './codec.ts'
import type { Frame, Kind } from './frame.ts'
import { WIRE } from './limits.ts'

export type Message = {
  readonly kind: Kind
  readonly sequence: number // 0: outside the count
  readonly payload: Uint8Array
  readonly cost: number // what to hand to `consumed` when it has been dealt with
}

export class Reassembler {
  #parts: Uint8Array[] = []
  #kind: Kind = 'control'
  #sequence = 0
  #bytes = 0
  #cost = 0

  /** Cost of the fragments of the message not yet whole. */
  get partial(): number {
    return this.#cost
  }

  /** Is this the first fragment of a message? */
  starts(frame: Frame): boolean {
    return frame.sequence === 0 || this.#parts.length === 0
  }

  /** The message this frame completes; null: not yet; or the name of the fault. */
  add(frame: Frame): Message | null | 'badFrame' | 'tooBig' {
    const cost = frameCost(frame.payload.byteLength)
    if (frame.sequence === 0) {
      if (frame.more) return 'badFrame'
      return { kind: frame.kind, sequence: 0, payload: frame.payload, cost }
    }
    if (this.#parts.length === 0) {
      if (!frame.more) return { kind: frame.kind, sequence: frame.sequence, payload: frame.payload, cost }
      this.#kind = frame.kind
      this.#sequence = frame.sequence
    } else if (frame.kind !== this.#kind || frame.sequence !== this.#sequence) return 'badFrame'
    if (frame.more && frame.payload.byteLength < SHORTEST) return 'badFrame'
    if (this.#bytes + frame.payload.byteLength > WIRE.message) return 'tooBig'
    this.#parts.push(frame.payload)
    this.#bytes += frame.payload.byteLength
    this.#cost += cost
    return frame.more ? null : this.#take()
  }

  #take(): Message {
    const payload = new Uint8Array(this.#bytes)
    let at = 0
    for (const part of this.#parts) {
      payload.set(part, at)
      at += part.byteLength
    }
    const message = { kind: this.#kind, sequence: this.#sequence, payload, cost: this.#cost }
    this.#parts = []
    this.#bytes = 0
    this.#cost = 0
    return message
  }
}

/** Senders fill their fragments; each that is kept costs more than its bytes, so a peer may not cut a message into crumbs. */
const SHORTEST = WIRE.fragment / 2
