// Two links joined in memory, for tests: what one sends waits until the test delivers it, so every order can be tried.
import { Link, type LinkEvents } from './link.ts'
import type { Clock, Wire } from './wire.ts'

export class TestClock implements Clock {
  #now = 0
  #timers: { readonly at: number; readonly run: () => void }[] = []
  now(): number {
    return this.#now
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }
  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((other) => other !== due)
      this.#now = due.at
      due.run()
    }
    this.#now = end
  }
}

/** A wire whose network is a queue. */
export class TestWire implements Wire {
  readonly #sent: Uint8Array[] = []
  #bytes = 0
  closed: { readonly code: number; readonly reason: string } | null = null
  most = 0 // the most bytes that ever waited here
  total = 0 // all bytes handed over
  send(frame: Uint8Array): void {
    this.#sent.push(frame.slice())
    this.#bytes += frame.byteLength
    this.total += frame.byteLength
    this.most = Math.max(this.most, this.#bytes)
  }
  buffered(): number {
    return this.#bytes
  }
  close(code: number, reason: string): void {
    this.closed ??= { code, reason }
  }
  take(): Uint8Array | undefined {
    const frame = this.#sent.shift()
    this.#bytes -= frame?.byteLength ?? 0
    return frame
  }
  /** The waiting frames, for a test to alter. */
  get waiting(): Uint8Array[] {
    return this.#sent
  }
}

export class Pair {
  readonly clock = new TestClock()
  readonly openerWire = new TestWire()
  readonly serverWire = new TestWire()
  readonly opener: Link
  readonly server: Link

  constructor(opener: Partial<LinkEvents>, server: Partial<LinkEvents>, hello = false) {
    const closed = () => {}
    const common = { hello, clock: this.clock }
    this.opener = new Link({ ...common, side: 'opener', wire: this.openerWire, events: { closed, ...opener } })
    this.server = new Link({ ...common, side: 'server', wire: this.serverWire, events: { closed, ...server } })
  }

  /** Delivers one frame towards a side; false where none waits. A closed wire tells the other side. */
  deliver(to: 'server' | 'opener'): boolean {
    const [wire, from, link] =
      to === 'server' ? [this.openerWire, this.opener, this.server] : [this.serverWire, this.server, this.opener]
    const frame = wire.take()
    if (frame === undefined) {
      if (wire.closed !== null) link.wireClosed(wire.closed.code)
      return false
    }
    link.receive(frame)
    from.drain()
    return true
  }

  settle(): void {
    for (;;) {
      const toServer = this.deliver('server')
      const toOpener = this.deliver('opener')
      if (!toServer && !toOpener) return
    }
  }
}

export const same = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one?.byteLength === other.byteLength && one.every((byte, index) => byte === other[index])
