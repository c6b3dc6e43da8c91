// The order in which a link's frames go out: control messages, then credit, then one fragment of each channel in turn; and
// never more at once than the wire should hold.
import type { FromOpener, FromServer } from './channel.ts'
import { encodeCredit } from './codec.ts'
import { encodeControl } from './control.ts'
import { WIRE } from './limits.ts'
import type { Port } from './port.ts'
import { Rotation } from './rotation.ts'
import type { Wire } from './wire.ts'

export class Sender {
  readonly #wire: Wire
  readonly #overrun: () => void
  readonly #owing = new Rotation<Port>()
  readonly #turns = new Rotation<Port>()
  #controls: Uint8Array[] = []
  #pong: number | null = null // the newest ping not yet answered
  #stopped = false
  #draining = false

  constructor(wire: Wire, overrun: () => void) {
    this.#wire = wire
    this.#overrun = overrun
  }

  control(message: FromOpener | FromServer): void {
    this.#controls.push(encodeControl(message))
    this.drain()
    if (this.#controls.length > WIRE.controls) this.#overrun()
  }

  pong(nonce: number): void {
    this.#pong = nonce
    this.drain()
  }

  /** Nothing waits and the wire has room: a frame that is paid for may go past the queues (`direct`). */
  get free(): boolean {
    return !this.#stopped && this.#idle && this.#wire.buffered() < WIRE.unsentSocket
  }

  direct(frame: Uint8Array): void {
    this.#wire.send(frame)
  }

  wake(port: Port): void {
    if (port.outbox.ready()) this.#turns.add(port)
    this.drain()
  }

  owes(port: Port): void {
    if (port.outbox.ended) return
    this.#owing.add(port)
    this.drain()
  }

  forget(port: Port): void {
    this.#owing.remove(port)
    this.#turns.remove(port)
  }

  stop(): void {
    this.#stopped = true
    this.#controls = []
  }

  /** Not entered twice: a port that hears of its sent fragment may send more, which must go after that fragment. */
  drain(): void {
    if (this.#draining) return
    this.#draining = true
    while (!this.#stopped && !this.#idle && this.#wire.buffered() < WIRE.unsentSocket) {
      const frame = this.#urgent() ?? this.#credit()
      if (frame !== null) this.#wire.send(frame)
      else if (!this.#fragment()) break
    }
    this.#draining = false
  }

  get #idle(): boolean {
    return this.#turns.empty && this.#owing.empty && this.#controls.length === 0 && this.#pong === null
  }

  #urgent(): Uint8Array | null {
    if (this.#controls.length > 0) return this.#controls.shift() ?? null
    if (this.#pong === null) return null
    const nonce = this.#pong
    this.#pong = null
    return encodeControl({ type: 'pong', nonce })
  }

  #credit(): Uint8Array | null {
    for (;;) {
      const port = this.#owing.next()
      if (port === undefined) return null
      const due = port.grant()
      if (due !== null) return encodeCredit(port.id, due.acknowledged, due.granted)
    }
  }

  #fragment(): boolean {
    for (;;) {
      const port = this.#turns.next()
      if (port === undefined) return false
      if (!port.outbox.take(port.id, this.#wire)) continue
      if (port.outbox.ready()) this.#turns.add(port)
      port.sent()
      return true
    }
  }
}
