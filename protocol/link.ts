// One connection with many channels; the same class on both sides of both hops. It does no I/O of its own: the owner feeds
// it (receive, drain, wireClosed) and gives it a Wire and a Clock.
//
//   // server side (gateway towards a browser; the runner with hello: false)
//   const link = new Link({ side: 'server', hello: true, wire, clock, events: {
//     hello: (hello) => link.welcome({ tab, person, resume, resumed }),      // or link.close('unauthenticated')
//     renew: (bearer) => …,
//     open: (opening) => {                                                   // may be decided later
//       const channel = link.accept(opening.channel, { role, stream, next: 1, received: 0, resumed: false }, {
//         message: (message) => { use(message.payload); channel?.consumed(message.cost) },
//         ended: ({ reason }) => …,
//       })                                                                   // null: it has gone away meanwhile
//     },                                                                     // or link.refuse(opening.channel, 'forbidden')
//     closed: ({ reason }) => …,                                             // after every open channel's ended
//   } })
//   // opener side (browser; the gateway towards the runner with hello: false)
//   const link = new Link({ side: 'opener', hello: true, wire, clock, events: { welcome: …, closed: … } })
//   link.hello({ bearer, resume })                                           // then, once welcome has come:
//   const channel = link.openChannel({ resource: { type: 'kernel', kernel }, resume: { stream, received } }, { opened, message, ended })
//   channel.send('request', encodeCommand(head, body))                       // from `opened` on; returns the sequence
// A kernel's stream that is only passed on: relay.ts. Payloads are views of what was received: copy what you keep long.
import type { FromOpener, FromServer } from './channel.ts'
import { type Acceptance, acceptingState, Channel, type ChannelEvents, openingState } from './channelState.ts'
import { CLOSE, type CloseName, closeName } from './close.ts'
import { decodeCredit, decodeFrame } from './codec.ts'
import { readFromOpener, readFromServer } from './control.ts'
import type { Frame } from './frame.ts'
import { Heartbeat } from './heartbeat.ts'
import { type Fault, SMALLEST_WINDOW } from './inbox.ts'
import { WIRE } from './limits.ts'
import type { End, Opened, Opening, Port } from './port.ts'
import { Sender } from './sender.ts'
import type { Clock, Wire } from './wire.ts'

export type Hello = Omit<Extract<FromOpener, { type: 'hello' }>, 'type' | 'protocol'>
export type Welcome = Omit<Extract<FromServer, { type: 'welcome' }>, 'type'>

export type LinkEvents = {
  hello?(hello: Hello): void
  renew?(bearer: string): void
  open?(opening: Opening): void
  welcome?(welcome: Welcome): void
  closed(end: End): void
}

export type LinkOptions = {
  readonly side: 'opener' | 'server'
  readonly hello: boolean // false: the socket itself says who the peer is, and `open` may name a tab
  readonly wire: Wire
  readonly clock: Clock
  readonly events: LinkEvents
  readonly channels?: number // default WIRE.channels
}

/** A channel id's state. `closing`: our end has gone, the far side has not answered yet; its frames are dropped. */
type Slot =
  | { readonly state: 'offered'; readonly opening: Opening }
  | { readonly state: 'asked' | 'open'; readonly port: Port }
  | { readonly state: 'closing' }

const CLOSING: Slot = { state: 'closing' }

export class Link {
  readonly #options: LinkOptions
  readonly #slots = new Map<number, Slot>()
  readonly #sender: Sender
  readonly #heartbeat: Heartbeat
  #phase: 'hello' | 'deciding' | 'open' | 'closed'
  #cancelDeadline: () => void = () => {}
  #lastId = 0

  constructor(options: LinkOptions) {
    this.#options = options
    this.#phase = options.hello ? 'hello' : 'open'
    this.#sender = new Sender(options.wire, () => this.close('overrun', 'control messages are not read'))
    this.#heartbeat = new Heartbeat(
      options.clock,
      (nonce) => this.#phase === 'open' && this.#sender.control({ type: 'ping', nonce }),
      () => this.#finish({ reason: 'lost', detail: 'silent' }, CLOSE.goingAway.code),
    )
    if (options.hello && options.side === 'server') {
      this.#cancelDeadline = options.clock.after(WIRE.helloDeadline, () => this.close('helloTimeout'))
    }
  }

  get open(): boolean {
    return this.#phase === 'open'
  }

  /** Channels that are open, asked for, offered or closing. */
  get size(): number {
    return this.#slots.size
  }

  // --- opener ---

  hello(hello: Hello): void {
    this.#sender.control({ type: 'hello', protocol: 1, ...defined(hello) })
  }

  renew(bearer: string): void {
    this.#sender.control({ type: 'renew', bearer })
  }

  openChannel(request: Omit<Opening, 'channel' | 'window'>, events: ChannelEvents): Channel {
    return this.ask({ ...request, window: WIRE.window }, (id) => new Channel(this, id, events, openingState(request)))
  }

  /** Asks for a channel on which `make` builds the port (a relay builds its own). */
  ask<Made extends Port>(request: Omit<Opening, 'channel'>, make: (id: number) => Made): Made {
    if (this.#phase !== 'open') throw new Error('the link is not open')
    const id = ++this.#lastId
    const port = make(id)
    this.#slots.set(id, { state: 'asked', port })
    this.#sender.control({ ...defined(request), type: 'open', channel: id })
    return port
  }

  // --- server ---

  /** False where the link has gone while it was decided. */
  welcome(welcome: Welcome): boolean {
    if (this.#phase !== 'deciding') return false
    this.#phase = 'open'
    this.#cancelDeadline()
    this.#sender.control({ type: 'welcome', ...welcome })
    return true
  }

  /** Null where the offer has been taken back (or the link has gone) meanwhile. */
  accept(id: number, acceptance: Acceptance, events: ChannelEvents): Channel | null {
    const slot = this.#slots.get(id)
    if (slot?.state !== 'offered') return null
    const { role: _, window = WIRE.window, ...opened } = acceptance
    const channel = new Channel(this, id, events, acceptingState(slot.opening, acceptance, window))
    this.adopt(channel, { ...opened, window })
    return channel
  }

  /** Accepts an offered channel with a port of the caller's own. */
  adopt(port: Port, opened: Opened): boolean {
    if (this.#slots.get(port.id)?.state !== 'offered') return false
    this.#slots.set(port.id, { state: 'open', port })
    this.#sender.control({ type: 'opened', channel: port.id, ...opened })
    return true
  }

  refuse(id: number, reason: CloseName, detail?: string, errorId?: string): void {
    if (this.#slots.get(id)?.state !== 'offered') return
    this.#slots.delete(id)
    this.#sender.control({ type: 'closed', channel: id, reason, ...defined({ detail, id: errorId }) })
  }

  // --- both ---

  close(reason: CloseName = 'normal', detail = ''): void {
    this.#finish({ reason, detail }, CLOSE[reason].code)
  }

  receive(bytes: Uint8Array): void {
    if (this.#phase === 'closed') return
    this.#heartbeat.heard()
    const frame = this.#admitted(bytes) ? decodeFrame(bytes) : null
    if (frame?.channel === 0) this.#controlled(frame)
    else if (frame !== null && this.#phase === 'open') this.#forChannel(frame, bytes)
    else this.close('badFrame')
  }

  /** The wire has room again. */
  drain(): void {
    this.#sender.drain()
  }

  wireClosed(code: number): void {
    this.#finish({ reason: closeName(code) }, null)
  }

  /** May a frame that is paid for go out at once? Then `direct` sends it. */
  get free(): boolean {
    return this.#sender.free
  }

  direct(frame: Uint8Array): void {
    this.#sender.direct(frame)
  }

  /** Runs once what was sent so far has left this process: its bytes may be changed from then on. */
  flushed(run: () => void): void {
    if (this.#options.wire.flushed) this.#options.wire.flushed(run)
    else run()
  }

  /** A port has something to send. */
  wake(port: Port): void {
    this.#sender.wake(port)
  }

  /** A port may have credit to give. */
  owes(port: Port): void {
    this.#sender.owes(port)
  }

  /** Ends a channel by its owner's wish; the port is not told. */
  end(
    port: Port,
    end: { readonly reason: CloseName; readonly detail?: string | undefined; readonly id?: string | undefined },
  ): void {
    const slot = this.#slots.get(port.id)
    if (slot === undefined || !('port' in slot) || slot.port !== port) return
    this.#forget(port)
    this.#slots.set(port.id, CLOSING)
    if (this.#options.side === 'opener') this.#sender.control({ type: 'close', channel: port.id })
    else this.#sender.control({ type: 'closed', channel: port.id, ...defined(end) })
  }

  /** Ends a channel for a fault of the far side; one that only a broken peer commits ends the link. */
  fail(port: Port, fault: Fault): void {
    if (fault === 'badFrame') this.close('badFrame')
    else {
      this.end(port, { reason: fault })
      port.ended({ reason: fault })
    }
  }

  /** Before the welcome only one small hello is read. */
  #admitted(bytes: Uint8Array): boolean {
    return this.#phase === 'open' || this.#options.side === 'opener' || bytes.byteLength <= WIRE.helloBytes
  }

  #forChannel(frame: Frame, bytes: Uint8Array): void {
    const slot = this.#slots.get(frame.channel)
    if (slot?.state === 'open') {
      const fault = frame.kind === 'credit' ? credited(slot.port, frame) : slot.port.frame(frame, bytes)
      if (fault !== null) this.fail(slot.port, fault)
    } else if (slot?.state !== 'closing') this.close('badFrame')
  }

  #controlled(frame: Frame): void {
    const done = this.#options.side === 'server' ? this.#fromOpener(frame) : this.#fromServer(frame)
    if (!done) this.close('badFrame')
  }

  #fromOpener(frame: Frame): boolean {
    const message = readFromOpener(frame)
    if (message === null || (message.type === 'hello') !== (this.#phase === 'hello')) return false
    if (message.type !== 'hello' && this.#phase !== 'open') return false
    const events = this.#options.events
    switch (message.type) {
      case 'hello': {
        this.#phase = 'deciding'
        const { type: _, protocol: __, ...hello } = message
        events.hello?.(hello)
        return true
      }
      case 'renew':
        events.renew?.(message.bearer)
        return this.#options.hello
      case 'open':
        return this.#offered(message)
      case 'close':
        return this.#closeSaid(
          message.channel,
          { reason: 'normal' },
          { type: 'closed', channel: message.channel, reason: 'normal' },
        )
      default:
        return this.#beat(message)
    }
  }

  #fromServer(frame: Frame): boolean {
    const message = readFromServer(frame)
    if (message === null || (message.type === 'welcome') !== (this.#phase === 'hello')) return false
    switch (message.type) {
      case 'welcome': {
        this.#phase = 'open'
        const { type: _, ...welcome } = message
        this.#options.events.welcome?.(welcome)
        return true
      }
      case 'opened':
        return this.#opened(message)
      case 'closed': {
        const { type: _, channel, ...end } = message
        return this.#closeSaid(channel, end, { type: 'close', channel })
      }
      default:
        return this.#beat(message)
    }
  }

  #beat(message: { readonly type: 'ping' | 'pong'; readonly nonce: number }): boolean {
    if (message.type === 'ping') this.#sender.pong(message.nonce)
    return true
  }

  #offered(message: Extract<FromOpener, { type: 'open' }>): boolean {
    const { type: _, ...opening } = message
    if (this.#slots.has(opening.channel) || opening.window < SMALLEST_WINDOW) return false
    if (opening.tab !== undefined && this.#options.hello) return false
    this.#slots.set(opening.channel, { state: 'offered', opening })
    if (this.#slots.size > (this.#options.channels ?? WIRE.channels)) this.refuse(opening.channel, 'overrun', 'too many channels')
    else this.#options.events.open?.(opening)
    return true
  }

  #opened(message: Extract<FromServer, { type: 'opened' }>): boolean {
    const slot = this.#slots.get(message.channel)
    if (slot?.state === 'closing') return true
    if (slot?.state !== 'asked' || message.window < SMALLEST_WINDOW) return false
    this.#slots.set(message.channel, { state: 'open', port: slot.port })
    const { type: _, channel: __, ...opened } = message
    const fault = slot.port.opened(opened)
    if (fault !== null) this.fail(slot.port, fault)
    return true
  }

  /** The far side ends a channel: answered once, unless this side has said it too. */
  #closeSaid(id: number, end: End, answer: FromOpener | FromServer): boolean {
    const slot = this.#slots.get(id)
    this.#slots.delete(id)
    if (slot === undefined || slot.state === 'closing') return true
    // Not answered: a refusal (the server side keeps nothing of it). An offer taken back is answered like an open channel.
    if (slot.state !== 'asked') this.#sender.control(answer)
    if ('port' in slot) {
      this.#forget(slot.port)
      slot.port.ended(end)
    }
    return true
  }

  #forget(port: Port): void {
    port.outbox.end()
    this.#sender.forget(port)
  }

  #finish(end: End, code: number | null): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#cancelDeadline()
    this.#heartbeat.stop()
    this.#sender.stop()
    const slots = [...this.#slots.values()]
    this.#slots.clear()
    if (code !== null) this.#options.wire.close(code, end.reason)
    for (const slot of slots) {
      if (!('port' in slot)) continue
      slot.port.outbox.end()
      slot.port.ended(end)
    }
    this.#options.events.closed(end)
  }
}

function credited(port: Port, frame: Frame): Fault | null {
  const granted = frame.more ? null : decodeCredit(frame.payload)
  return granted === null ? 'badFrame' : port.credited(granted, frame.sequence)
}

/** The same object without the members that are undefined: JSON has none, and the schemas are strict. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}
