// A kernel's channel passed on between two links: the browser's (the relay is its server side) and the runner's (the relay
// opens there). Sequences, acknowledgements and credit are those of the two ends.
//
//   new Relay({ front: browserLink, back: runnerLink, opening, tab, role,
//     request: (message) => verdict,       // every command, whole; may be a promise: the next ones wait their turn
//     response: (message) => verdict,      // only answers whose head carries a `tag`
//     closing: (reason) => id,             // what the browser is told may be quoted by this id
//     ended: (end, side) => … })           // once; both channels are gone
//   A verdict: pass() | { type: 'replace', payload } | { type: 'refuse', response } | { type: 'close', reason, detail }.
//
// A refused command is answered at once by `response` (encodeCommand(ResponseHead, body), at most one frame, sequence 0)
// and goes on to the runner empty: it keeps its place in the count, and the runner answers it with 403 in the stream, so a
// client that lost the first answer gets that one.
import type { CloseName } from './close.ts'
import { Flow, type FlowTarget, type Gathered, type Passage } from './flow.ts'
import type { Frame } from './frame.ts'
import type { ErrorId } from './ids.ts'
import type { Fault } from './inbox.ts'
import type { Link } from './link.ts'
import { Outbox } from './outbox.ts'
import type { End, Opened, Opening, Port } from './port.ts'
import type { Message } from './reassemble.ts'
import { MAY_SEND, type Role } from './roles.ts'

export { pass } from './flow.ts'

export type Verdict =
  | Passage
  | { readonly type: 'refuse'; readonly response: Uint8Array }
  | { readonly type: 'close'; readonly reason: CloseName; readonly detail?: string }

export type AnswerVerdict = Exclude<Verdict, { readonly type: 'refuse' }>

export type RelayOptions = {
  readonly front: Link
  readonly back: Link
  readonly opening: Opening // as it came from the browser
  readonly tab: string
  readonly role: Role
  readonly request: (message: Message) => Verdict | Promise<Verdict>
  readonly response: (message: Message) => AnswerVerdict | Promise<AnswerVerdict>
  readonly opened?: (opened: Opened) => void
  readonly closing?: (reason: CloseName) => ErrorId | undefined
  readonly ended: (end: End, side: 'front' | 'back' | 'relay') => void
}

export class Relay {
  readonly #options: RelayOptions
  readonly #front: Half
  readonly #back: Half
  #state: 'asked' | 'open' | 'ended' = 'asked'

  constructor(options: RelayOptions) {
    this.#options = options
    const { front, back, opening, tab } = options
    this.#front = new Half(opening.channel, front, this)
    this.#back = back.ask({ ...opening, tab }, (id) => new Half(id, back, this))
  }

  /** Ends both channels; the browser is told why. */
  close(reason: CloseName, detail?: string): void {
    this.#end({ reason, detail }, 'relay')
  }

  opened(opened: Opened): void {
    const { opening, front, role } = this.#options
    const may = MAY_SEND[opening.resource.type][role]
    this.#front.begin(opening.window, (frame) => frame.sequence !== 0 && may[frame.kind])
    this.#back.begin(opened.window, (frame) => frame.kind !== 'request' && frame.kind !== 'control')
    this.#front.into(this.#back, this.#flow(this.#back, this.#front, opened.window, 'all'))
    this.#back.into(this.#front, this.#flow(this.#front, this.#back, opening.window, 'tagged'))
    this.#state = 'open'
    if (front.adopt(this.#front, opened)) this.#options.opened?.(opened)
    else this.#end({ reason: 'normal' }, 'front')
  }

  ended(half: Half, end: End): void {
    this.#end(end, half === this.#front ? 'front' : 'back')
  }

  #flow(to: Half, from: Half, promised: number, gathered: Gathered): Flow {
    const judge: (message: Message) => Verdict | Promise<Verdict> =
      gathered === 'all' ? this.#options.request : this.#options.response
    return new Flow(to, promised, {
      gathered,
      judge: (message) => {
        const verdict = judge(message)
        return verdict instanceof Promise ? verdict.then((decided) => this.#passage(decided)) : this.#passage(verdict)
      },
      failed: () => this.close('internal'),
      owes: () => from.link.owes(from),
    })
  }

  #passage(verdict: Verdict): Passage {
    if (verdict.type === 'close') this.close(verdict.reason, verdict.detail)
    if (verdict.type === 'refuse') this.#refuse(verdict.response)
    return verdict.type === 'refuse' || verdict.type === 'close' ? { type: 'void' } : verdict
  }

  #refuse(response: Uint8Array): void {
    if (this.#front.outbox.pushUncounted('response', response)) this.#front.wake()
    else this.close('overrun', 'refused commands are not read')
  }

  #end(end: End, side: 'front' | 'back' | 'relay'): void {
    if (this.#state === 'ended') return
    const asked = this.#state === 'asked'
    this.#state = 'ended'
    const { front, back, opening } = this.#options
    // The link to the runner went away: the browser may open again and is then told how the kernel is.
    const reason = end.reason === 'lost' ? 'goingAway' : end.reason
    if (side !== 'front') {
      const said = { reason, detail: end.detail, id: this.#options.closing?.(reason) }
      if (asked) front.refuse(opening.channel, reason, said.detail, said.id)
      front.end(this.#front, said)
    }
    if (side !== 'back') back.end(this.#back, { reason: 'normal' })
    this.#options.ended(end, side)
  }
}

/** The relay's end of one of its two channels. */
class Half implements Port, FlowTarget {
  readonly id: number
  readonly link: Link
  readonly #relay: Relay
  #outbox = new Outbox(0, 1)
  #out: Flow | null = null // the direction that leaves through this half
  #in: Flow | null = null
  #may: (frame: Frame) => boolean = () => false

  constructor(id: number, link: Link, relay: Relay) {
    this.id = id
    this.link = link
    this.#relay = relay
  }

  get outbox(): Outbox {
    return this.#outbox
  }

  begin(credit: number, may: (frame: Frame) => boolean): void {
    this.#outbox = new Outbox(credit, 1)
    this.#may = may
  }

  /** Frames that arrive here leave through `other`. */
  into(other: Half, flow: Flow): void {
    this.#in = flow
    other.#out = flow
  }

  wake(): void {
    this.link.wake(this)
  }

  opened(opened: Opened): Fault | null {
    this.#relay.opened(opened)
    return null
  }

  frame(frame: Frame, bytes: Uint8Array): Fault | null {
    return this.#may(frame) && this.#in !== null ? this.#in.frame(frame, bytes) : 'forbidden'
  }

  credited(granted: number, acknowledged: number): Fault | null {
    this.#outbox.grant(granted)
    this.#out?.acknowledged(acknowledged)
    this.wake()
    return null
  }

  sent(): void {
    this.#out?.sent()
  }

  grant(): { readonly granted: number; readonly acknowledged: number } | null {
    return this.#in?.grant() ?? null
  }

  ended(end: End): void {
    this.#relay.ended(this, end)
  }
}
