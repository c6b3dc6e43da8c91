// One client on one kernel: the channel of one tab. Downstream it hands the ring's messages on, in order, never more than
// a window ahead of what the far side has taken. Upstream it runs commands: those that tell the kernel to do something
// one after the other, as they were sent; all else (interrupt, save, completion) beside them.
//
// A command is never run twice: the link hands over each sequence once per stream, a client that resumes is told what
// arrived, and the answer to what it had already asked comes again from the ring.
import { type RequestHead, RequestHead as RequestHeadShape, type ResponseHead } from '#protocol/channel.ts'
import type { CloseName } from '#protocol/close.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import type { TabId } from '#protocol/ids.ts'
import { WIRE } from '#protocol/limits.ts'
import type { Message } from '#protocol/reassemble.ts'
import { type Answer, type Command, refusal } from './marimo.ts'
import type { Ring } from './ring.ts'
import type { Taken, Turn } from './turns.ts'

/** What is used of a link's channel. */
export interface ClientChannel {
  readonly queued: number
  send(kind: 'text' | 'response', payload: Uint8Array): number
  consumed(cost: number): void
  close(reason?: CloseName, detail?: string, id?: string): void
  flushed(run: () => void): void
}

/** What an attachment asks of the kernel it is on. */
export interface Host {
  run(command: Command): Promise<Answer>
  /** Takes what brings an answer: it is done when its turn has come, not while unread messages fill the ring. */
  take(turn: Turn): Taken
  /** An answer belongs to the stream of its command: it is put into the ring only while that stream lives. */
  answered(ring: Ring, payload: Uint8Array): void
  /** Unread messages went down: the kernel's stream may flow again. */
  relieved(): void
  /** This client must go: it fell out of the ring, or sent what no client sends. */
  dismiss(attachment: Attachment, reason: CloseName): void
}

const ORDERED = new Set([
  '/api/kernel/instantiate',
  '/api/kernel/run',
  '/api/kernel/scratchpad/run',
  '/api/kernel/delete',
  '/api/kernel/set_cell_config',
  '/api/kernel/set_ui_element_value',
  '/api/kernel/set_model_value',
  '/api/kernel/function_call',
  '/api/document/transaction',
])

export class Attachment {
  readonly tab: TabId
  readonly ring: Ring
  readonly #host: Host
  #channel: ClientChannel | null = null
  #cursor: number // the next sequence to hand to the channel
  #received: number // the last command that arrived whole

  constructor(tab: TabId, ring: Ring, from: { readonly next: number; readonly received: number }, host: Host) {
    this.tab = tab
    this.ring = ring
    this.#cursor = from.next
    this.#received = from.received
    this.#host = host
  }

  get received(): number {
    return this.#received
  }

  /** The far side knows: from now on messages flow. */
  begin(channel: ClientChannel): void {
    this.#channel = channel
    this.pump()
  }

  pump(): void {
    const channel = this.#channel
    while (channel && this.#cursor < this.ring.next && channel.queued <= WIRE.window) {
      const entry = this.ring.at(this.#cursor)
      if (!entry) {
        this.#host.dismiss(this, 'overrun')
        return
      }
      this.#cursor += 1
      channel.send(entry.kind, entry.payload)
    }
  }

  acknowledged(sequence: number): void {
    this.ring.acknowledge(Math.min(sequence, this.#cursor - 1))
    this.#host.relieved()
    this.pump()
  }

  message(message: Message): void {
    if (message.kind === 'request' && message.payload.byteLength === 0) {
      this.#voided(message)
      return
    }
    const command = message.kind === 'request' ? decodeCommand(message.payload) : null
    const head = RequestHeadShape.safeParse(command?.head)
    if (command && head.success) {
      this.#received = message.sequence
      const order = ORDERED.has(head.data.path) ? 'after the last' : 'beside'
      this.#take({ order, cost: message.cost, work: () => this.#perform(message.sequence, head.data, command.body) })
    } else this.#host.dismiss(this, 'badFrame')
  }

  /** A command the gateway refused: it has told the client, who may have missed it, so the stream says it again. */
  #voided({ sequence, cost }: Message): void {
    this.#received = sequence
    const answer = encodeCommand({ request: sequence, status: 403 }, NOTHING)
    this.#take({ order: 'beside', cost, work: async () => this.#host.answered(this.ring, answer) })
  }

  /** The channel ended from the far side, or is about to be replaced. */
  detach(): void {
    this.#channel = null
  }

  /** `gone` runs when its socket holds nothing of the ring any more. */
  close(reason: CloseName, detail?: string, gone: () => void = () => {}): void {
    const channel = this.#channel
    this.#channel = null
    channel?.close(reason, detail)
    if (channel) channel.flushed(gone)
    else gone()
  }

  /** Credit goes back at once while little is under way, else when it is done: a flood of commands waits. */
  #take(turn: Turn): void {
    const { pace, done } = this.#host.take(turn)
    const consumed = () => this.#channel?.consumed(turn.cost)
    if (pace === 'free') consumed()
    else void done.finally(consumed)
  }

  async #perform(sequence: number, head: RequestHead, body: Uint8Array): Promise<void> {
    const command = { method: head.method, path: head.path, contentType: head.contentType, body }
    const answer = await this.#host.run(command).catch(() => refusal(502, 'kernel-unreachable', 'The kernel does not answer.'))
    this.#host.answered(this.ring, encodeCommand(headOf(answer, sequence, head.tag), answer.body))
  }
}

const NOTHING = new Uint8Array(0)

function headOf({ status, contentType }: Answer, request: number, tag: string | undefined): ResponseHead {
  return { request, status, ...(contentType !== undefined && { contentType }), ...(tag !== undefined && { tag }) }
}
