// One end of a channel: whole messages in and out, credit and sequences kept. Made by Link.open and Link.accept.
import type { CloseName } from './close.ts'
import { encodeFrame, frameCost } from './codec.ts'
import type { Frame, Kind } from './frame.ts'
import { type Fault, Inbox } from './inbox.ts'
import { WIRE } from './limits.ts'
import type { Link } from './link.ts'
import { Outbox } from './outbox.ts'
import type { End, Opened, Opening, Port } from './port.ts'
import type { Message } from './reassemble.ts'
import { MAY_SEND, type Role } from './roles.ts'

export type ChannelEvents = {
  opened?(opened: Opened): void // opener only: the server side has accepted
  message(message: Message): void // call channel.consumed(message.cost) once it is dealt with
  acknowledged?(sequence: number): void // the far side has received everything up to here
  writable?(): void // what waits to be sent has fallen below half a window again
  ended(end: End): void // at most once; not after an own close()
}

export type StreamKind = Exclude<Kind, 'control' | 'credit'>

/** What the accepting side says, and the role that decides what the opener may send. */
export type Acceptance = Omit<Opened, 'window'> & { readonly role: Role; readonly window?: number }

export class Channel implements Port {
  readonly id: number
  readonly #link: Link
  readonly #events: ChannelEvents
  readonly #may: Readonly<Record<Kind, boolean>>
  #outbox: Outbox
  #inbox: Inbox
  #stream: string
  #open: boolean
  #full = false

  constructor(link: Link, id: number, events: ChannelEvents, state: ChannelStart) {
    this.#link = link
    this.id = id
    this.#events = events
    this.#may = state.may
    this.#outbox = state.outbox
    this.#inbox = state.inbox
    this.#stream = state.stream
    this.#open = state.open
  }

  get outbox(): Outbox {
    return this.#outbox
  }

  /** The run of sequences this channel is in, and the last message that arrived whole: together the ResumePoint. */
  get stream(): string {
    return this.#stream
  }

  get received(): number {
    return this.#inbox.last
  }

  /** Bytes waiting to be sent. Stop producing above WIRE.window; `writable` says when to go on. */
  get queued(): number {
    return this.#outbox.queued
  }

  /** Sends one message; returns its sequence (they count on from what `opened` named). The bytes must not be changed later. */
  send(kind: StreamKind, payload: Uint8Array): number {
    if (!this.#open) throw new Error('the channel is not opened yet')
    if (payload.byteLength <= WIRE.fragment && this.#link.free && this.#outbox.pay(frameCost(payload.byteLength))) {
      const sequence = this.#outbox.number()
      this.#link.direct(encodeFrame(this.id, kind, false, sequence, payload))
      return sequence
    }
    const sequence = this.#outbox.push(kind, payload)
    this.#queuedMore()
    return sequence
  }

  /** Sends a response outside the count (sequence 0): one frame, lost with the connection. */
  sendUncounted(payload: Uint8Array): void {
    if (payload.byteLength > WIRE.fragment) throw new RangeError('an uncounted message is one frame')
    if (this.#outbox.pushUncounted('response', payload)) this.#queuedMore()
    else this.#link.fail(this, 'overrun')
  }

  consumed(cost: number): void {
    this.#inbox.consumed(cost)
    if (this.#inbox.owes) this.#link.owes(this)
  }

  /** Ends the channel; what waits to be sent is dropped. The reason travels only from the server side. */
  close(reason: CloseName = 'normal', detail?: string): void {
    this.#link.end(this, { reason, detail })
  }

  /** Runs once what was sent so far has left this process: its bytes may be changed from then on. */
  flushed(run: () => void): void {
    this.#link.flushed(run)
  }

  opened(opened: Opened): Fault | null {
    const expected = this.#inbox.last + 1
    if (opened.resumed && (opened.stream !== this.#stream || opened.next !== expected)) return 'gap'
    if (opened.next < 1) return 'badFrame'
    this.#stream = opened.stream
    this.#open = true
    this.#inbox = new Inbox(WIRE.window, opened.next - 1)
    this.#outbox = new Outbox(opened.window, opened.received + 1)
    this.#events.opened?.(opened)
    return null
  }

  frame(frame: Frame): Fault | null {
    if (!this.#may[frame.kind]) return 'forbidden'
    if (frame.sequence === 0 && frame.kind !== 'response') return 'badFrame'
    const accepted = this.#inbox.accept(frame)
    if ('fault' in accepted) return accepted.fault
    if (accepted.message === null) {
      if (this.#inbox.owes) this.#link.owes(this)
    } else this.#events.message(accepted.message)
    return null
  }

  credited(granted: number, acknowledged: number): Fault | null {
    this.#outbox.grant(granted)
    this.#link.wake(this)
    this.#events.acknowledged?.(acknowledged)
    return null
  }

  sent(): void {
    if (!this.#full || this.#outbox.queued > WIRE.window / 2) return
    this.#full = false
    this.#events.writable?.()
  }

  grant(): { readonly granted: number; readonly acknowledged: number } | null {
    const granted = this.#inbox.grant()
    return granted === 0 ? null : { granted, acknowledged: this.#inbox.last }
  }

  ended(end: End): void {
    this.#events.ended(end)
  }

  #queuedMore(): void {
    if (this.#outbox.queued > WIRE.window) this.#full = true
    if (this.#outbox.queued > WIRE.queue) this.#link.fail(this, 'overrun')
    else this.#link.wake(this)
  }
}

type ChannelStart = {
  readonly may: Readonly<Record<Kind, boolean>>
  readonly outbox: Outbox
  readonly inbox: Inbox
  readonly stream: string
  readonly open: boolean // may send: its outbox is the one `opened` spoke of
}

/** A server side may stream and answer; it asks nothing. */
const FROM_SERVER: Readonly<Record<Kind, boolean>> = {
  control: false,
  text: true,
  binary: true,
  request: false,
  response: true,
  credit: true,
}

export function openingState(opening: Omit<Opening, 'channel' | 'window'>): ChannelStart {
  const inbox = new Inbox(WIRE.window, opening.resume?.received ?? 0)
  return { may: FROM_SERVER, outbox: new Outbox(0, 1), inbox, stream: opening.resume?.stream ?? '', open: false }
}

export function acceptingState(opening: Opening, acceptance: Acceptance, window: number): ChannelStart {
  return {
    may: MAY_SEND[opening.resource.type][acceptance.role],
    outbox: new Outbox(opening.window, acceptance.next),
    inbox: new Inbox(window, acceptance.received),
    stream: acceptance.stream,
    open: true,
  }
}
