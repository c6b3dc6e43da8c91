// One direction of a relayed channel. Frames pass as they came, under the other channel's id; only messages the policy must
// see are gathered, judged and sent on (perhaps altered) under their own sequence, in order.
//
// Credit is the receiver's, handed through: the sender is granted what the receiver has room for and nobody was promised
// yet. So an altered, longer or swallowed message corrects itself, and what waits here is at most a window and a message.
import { decodeCommand, frameCost, relabelFrame } from './codec.ts'
import type { Frame } from './frame.ts'
import type { Fault } from './inbox.ts'
import { WIRE } from './limits.ts'
import type { Outbox } from './outbox.ts'
import { type Message, Reassembler } from './reassemble.ts'

/** What is to happen to a message. `voided`: it goes on empty, so that the count has no gap. */
export type Passage =
  | { readonly type: 'pass' }
  | { readonly type: 'replace'; readonly payload: Uint8Array }
  | { readonly type: 'void' }

export type FlowTarget = {
  readonly id: number
  readonly outbox: Outbox
  readonly link: { readonly free: boolean; direct(frame: Uint8Array): void }
  wake(): void
}
export type Gathered = 'all' | 'tagged' // every message, or only responses that carry a tag
type Waiting = { readonly frame: Frame; readonly bytes: Uint8Array; readonly cost: number }

const EMPTY = new Uint8Array(0)
const PASS: Passage = { type: 'pass' }

export class Flow {
  readonly #to: FlowTarget
  readonly #gathered: Gathered
  readonly #judge: (message: Message) => Passage | Promise<Passage>
  readonly #failed: () => void
  readonly #owes: () => void
  readonly #whole = new Reassembler()
  #inside: 'nothing' | 'passing' | 'gathering' = 'nothing'
  #judging = false
  #waiting: Waiting[] = []
  #held = 0 // cost of what waits for a verdict
  #promised: number // credit the sender has and has not used
  #acknowledged = 0
  #said = 0 // the last acknowledgement handed on

  constructor(
    to: FlowTarget,
    promised: number,
    rules: {
      readonly gathered: Gathered
      readonly judge: (message: Message) => Passage | Promise<Passage>
      readonly failed: () => void
      readonly owes: () => void
    },
  ) {
    this.#to = to
    this.#promised = promised
    this.#gathered = rules.gathered
    this.#judge = rules.judge
    this.#failed = rules.failed
    this.#owes = rules.owes
  }

  frame(frame: Frame, bytes: Uint8Array): Fault | null {
    const cost = frameCost(frame.payload.byteLength)
    this.#promised -= cost
    if (this.#promised < 0) return 'overrun'
    if (!this.#judging) return this.#go(frame, bytes, cost)
    this.#waiting.push({ frame, bytes, cost })
    this.#held += cost
    return null
  }

  /** The receiver has said how far it is. */
  acknowledged(sequence: number): void {
    this.#acknowledged = sequence
    this.#owes()
  }

  /** Something of this direction has gone out: a message in the making may go on. */
  sent(): void {
    if (this.#whole.partial > 0 && this.#to.outbox.queued === 0) this.#owed()
  }

  grant(): { readonly granted: number; readonly acknowledged: number } | null {
    if (!this.#due) return null
    const due = this.#room
    this.#promised += due
    this.#said = this.#acknowledged
    return { granted: due, acknowledged: this.#acknowledged }
  }

  /** What the receiver has room for and the sender has not been promised. */
  get #room(): number {
    const { credit, queued } = this.#to.outbox
    const busy = queued + this.#held
    return Math.max(0, credit - this.#promised - busy - (busy > 0 ? this.#whole.partial : 0))
  }

  get #due(): boolean {
    return this.#acknowledged !== this.#said || this.#room >= WIRE.window / 4
  }

  #owed(): void {
    if (this.#due) this.#owes()
  }

  #go(frame: Frame, bytes: Uint8Array, cost: number): Fault | null {
    if (this.#inside === 'nothing' && frame.sequence !== 0) this.#inside = this.#gathers(frame) ? 'gathering' : 'passing'
    if (this.#inside !== 'gathering' || frame.sequence === 0) {
      if (!frame.more && frame.sequence !== 0) this.#inside = 'nothing'
      this.#pass(frame, bytes, cost)
      return null
    }
    const message = this.#whole.add(frame)
    if (message === 'badFrame' || message === 'tooBig') return message
    if (message === null) this.#owed()
    else {
      this.#inside = 'nothing'
      this.#decide(message, message.payload === frame.payload ? { frame, bytes, cost } : null)
    }
    return null
  }

  #gathers(frame: Frame): boolean {
    if (this.#gathered === 'all') return true
    return frame.kind === 'response' && hasTag(frame.payload)
  }

  #pass(frame: Frame, bytes: Uint8Array, cost: number): void {
    const { id, link, outbox } = this.#to
    const relabelled = relabelFrame(bytes, frame.channel, id)
    if (link.free && outbox.pay(cost)) link.direct(relabelled)
    else {
      outbox.pushFrame(relabelled, cost)
      this.#to.wake()
    }
  }

  #decide(message: Message, single: Waiting | null): void {
    const passage = this.#judge(message)
    if (!(passage instanceof Promise)) {
      this.#apply(message, single, passage)
      return
    }
    this.#judging = true
    this.#held += message.cost
    passage.then(
      (decided) => {
        this.#held -= message.cost
        this.#apply(message, single, decided)
        this.#resume()
      },
      () => this.#failed(),
    )
  }

  #apply(message: Message, single: Waiting | null, passage: Passage): void {
    if (passage === PASS && single !== null) this.#pass(single.frame, single.bytes, single.cost)
    else {
      const payload = passage.type === 'replace' ? passage.payload : passage.type === 'void' ? EMPTY : message.payload
      this.#to.outbox.pushNumbered(message.kind, message.sequence, payload)
      this.#to.wake()
    }
    this.#owed()
  }

  /** After a verdict: what came meanwhile, up to the next message that must be judged. */
  #resume(): void {
    this.#judging = false
    while (!this.#judging) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#held -= next.cost
      if (this.#go(next.frame, next.bytes, next.cost) !== null) {
        this.#failed()
        return
      }
    }
  }
}

export const pass = (): Passage => PASS

function hasTag(payload: Uint8Array): boolean {
  const head = decodeCommand(payload)?.head
  return typeof head === 'object' && head !== null && 'tag' in head
}
