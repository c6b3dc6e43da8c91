// What flows between one kernel and its one client: marimo's stream into the ring, the ring to the attached tab, the
// tab's commands to marimo. It outlives clients, gateways and lost streams; it ends with the kernel.
import type { ResumePoint } from '#protocol/channel.ts'
import type { CloseName } from '#protocol/close.ts'
import { RUNNER_ANSWERS } from '#protocol/errors.ts'
import type { PersonId, TabId } from '#protocol/ids.ts'
import { RING, WIRE } from '#protocol/limits.ts'
import type { Clock } from '#protocol/wire.ts'
import { MARIMO } from '../bounds.ts'
import { Attachment, type Host } from './attachment.ts'
import type { RingBudget, RingHolder } from './budget.ts'
import { type Answer, type Command, Commands, refusal, Stream, type StreamEnd } from './marimo.ts'
import { Ring } from './ring.ts'
import { Busy, endIn, opOf, oversizeMarker, type ProcessEnd } from './status.ts'
import { type Taken, type Turn, Turns } from './turns.ts'

export interface SessionEvents {
  kernelReady(): void
  busy(busy: boolean): void
  used(): void // a person's command
  attached(tab: TabId | null): void
  streamEnded(end: StreamEnd, lived: number, how: ProcessEnd | null): void
}

/** What `opened` says to the far side; `begin` the attachment once it was said. */
export type Attached = {
  readonly attachment: Attachment
  readonly stream: string
  readonly next: number
  readonly received: number
  readonly resumed: boolean
}

export class Session implements RingHolder, Host {
  readonly #id: string
  readonly owner: PersonId
  readonly #events: SessionEvents
  readonly #budget: RingBudget
  readonly #clock: Clock
  readonly #busy = new Busy()
  readonly #turns = new Turns(() => !this.#client || this.#ring.bytes < RING.kernel)
  #socket: string | null = null
  #stream: Stream | null = null
  #commands: Commands | null = null
  #ring: Ring
  #client: Attachment | null = null
  #former: { readonly tab: TabId; received: number } | null = null // whose stream the ring is; null: nobody had it yet
  #detachedSince: number | null
  #dialledAt = 0
  #how: ProcessEnd | null = null
  #owed: Buffer | null = null // what the next stream is to say first: why the former ended
  #ended = false

  constructor(id: string, owner: PersonId, clock: Clock, budget: RingBudget, events: SessionEvents) {
    this.#id = id
    this.owner = owner
    this.#clock = clock
    this.#budget = budget
    this.#events = events
    this.#ring = new Ring(budget.charge)
    this.#detachedSince = clock.now()
    budget.add(this)
  }

  get ring(): Ring {
    return this.#ring
  }
  get detachedSince(): number | null {
    return this.#detachedSince
  }
  get tab(): TabId | null {
    return this.#client?.tab ?? null
  }
  get busy(): boolean {
    return this.#busy.busy
  }

  /** Opens marimo's stream: for the first time, or again after it was lost (marimo then replays from the start). */
  dial(socket: string | null): void {
    if (socket !== null) {
      this.#socket = socket
      this.#commands = new Commands(socket, this.#id)
    } else this.#beginStream('gap')
    this.#connect()
  }

  /** A tab comes, or comes back. Another tab's attachment ends with `moved`. */
  attach(tab: TabId, resume: ResumePoint | undefined): Attached {
    this.#release(this.#former?.tab === tab ? 'normal' : 'moved')
    const former = this.#former
    const resumed = resume !== undefined && former?.tab === tab && this.#ring.canResume(resume)
    if (resumed) this.#ring.acknowledge(resume.received)
    else if (former !== null || this.#ring.tail > 1) this.#restart()
    const from = resumed ? { next: resume.received + 1, received: former.received } : { next: 1, received: 0 }
    this.#former = { tab, received: from.received }
    const attachment = new Attachment(tab, this.#ring, from, this)
    this.#client = attachment
    this.#detachedSince = null
    this.#events.attached(tab)
    return { attachment, stream: this.#ring.stream, ...from, resumed }
  }

  /** The attachment's channel ended from the far side. */
  left(attachment: Attachment): void {
    attachment.detach()
    if (this.#client === attachment) this.#gone(attachment)
  }

  dismiss(attachment: Attachment, reason: CloseName): void {
    if (this.#client === attachment) this.#release(reason)
  }

  overrun(): void {
    this.#release('overrun')
  }

  async run(command: Command): Promise<Answer> {
    if (command.method === 'POST') this.#events.used()
    if (!this.#commands) return refusal(503, 'kernel-starting', RUNNER_ANSWERS['kernel-starting'].text)
    return await this.#commands.run(command)
  }

  answered(ring: Ring, payload: Uint8Array): void {
    if (ring === this.#ring && !this.#ended) this.#push('response', payload)
  }

  take(turn: Turn): Taken {
    if (this.#turns.held > MARIMO.backlog) this.#release('overrun')
    return this.#turns.take(turn)
  }

  relieved(): void {
    if (this.#ring.bytes < RING.kernel) this.#flow()
  }

  end(reason: CloseName, detail: string): void {
    this.#ended = true
    this.#wipe(reason, detail)
    this.#stream?.close()
    this.#turns.end()
    this.#commands?.close()
    this.#budget.remove(this)
  }

  #connect(): void {
    if (this.#socket === null || this.#ended) return
    this.#dialledAt = this.#clock.now()
    this.#stream = new Stream(this.#socket, this.#id, {
      open: () => {},
      message: this.#message,
      oversize: () => {
        this.#owed = oversizeMarker(MARIMO.receive, WIRE.message)
      },
      ended: (end) => {
        this.#stream = null
        this.#events.streamEnded(end, this.#clock.now() - this.#dialledAt, this.#how)
      },
    })
  }

  /** For a client that cannot resume: marimo says everything again on a new stream. */
  #restart(): void {
    this.#beginStream('gap')
    if (this.#stream === null) return // not yet there, or lost and about to be dialled: either way a replay comes
    this.#stream.close()
    this.#connect()
  }

  #beginStream(reason: CloseName): void {
    this.#wipe(reason)
    this.#ring = new Ring(this.#budget.charge)
    this.#former = null
    this.#turns.next()
  }

  #release(reason: CloseName, detail?: string, gone: () => void = () => {}): void {
    const client = this.#client
    if (client) {
      client.close(reason, detail, gone)
      this.#gone(client)
    } else gone()
  }

  /** Not before it has left: a message that is whole in the client's socket arrives as it was. */
  #wipe(reason: CloseName, detail?: string): void {
    const ring = this.#ring
    this.#release(reason, detail, () => ring.wipe())
  }

  #gone(client: Attachment): void {
    this.#client = null
    if (this.#former) this.#former.received = client.received
    this.#detachedSince = this.#clock.now()
    this.#flow()
    this.#events.attached(null)
  }

  readonly #message = (data: Buffer): void => {
    const op = opOf(data)
    const before = this.#busy.busy
    this.#busy.read(op, data)
    this.#how = endIn(op, data) ?? this.#how
    if (op === 'kernel-ready') this.#events.kernelReady()
    this.#push('text', data.byteLength > WIRE.message ? oversizeMarker(data.byteLength, WIRE.message) : data)
    if (op === 'kernel-ready') this.#settle()
    if (this.#busy.busy !== before) this.#events.busy(!before)
  }

  #settle(): void {
    const owed = this.#owed
    this.#owed = null
    if (owed) this.#push('text', owed)
  }

  #push(kind: 'text' | 'response', payload: Uint8Array): void {
    this.#ring.push(kind, payload)
    this.#client?.pump()
    this.#bound()
    this.#budget.enforce()
  }

  /** There is room: for what the stream says, and for answers. */
  #flow(): void {
    this.#stream?.resume()
    this.#turns.next()
  }

  /** With a reader, marimo waits for it; with none, the oldest is dropped and the next attach begins anew. */
  #bound(): void {
    if (!this.#client) this.#ring.trim(RING.kernel)
    else if (this.#ring.bytes >= RING.kernel) this.#stream?.pause()
  }
}
