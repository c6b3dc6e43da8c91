// One kernel's channel as the frame needs it: requests with answers, and marimo's stream. It outlives connections: after a
// drop it resumes where it was, requests the runner has not seen are sent again, answers under way still come. Where that
// is not possible it begins anew (`reopened`): everything before is void and the owner loads the frame again.
import type { Refusal } from '#protocol/api.ts'
import { ResponseHead, type ResumePoint } from '#protocol/channel.ts'
import type { Channel } from '#protocol/channelState.ts'
import { CLOSE, type CloseName } from '#protocol/close.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { WIRE } from '#protocol/limits.ts'
import type { Link } from '#protocol/link.ts'
import type { End, Opened } from '#protocol/port.ts'
import type { Message } from '#protocol/reassemble.ts'
import { sizeText } from '#protocol/size.ts'
import { decodeText, encodeText } from '#protocol/text.ts'
import { LOCAL } from '../primitives/refused.ts'
import { backoff } from './connection.ts'
import type { MuxSocket, Subscription } from './socket.ts'

export type Answer = { readonly status: number; readonly contentType?: string | undefined; readonly body: Uint8Array }
/** `taken` is called once a message is dealt with; until then it counts against the window, and the kernel waits. */
export type KernelListener = {
  message(data: string | Uint8Array, taken: () => void): void
  ended(reason: CloseName): void
}
export type KernelNews =
  | { readonly type: 'opened' } // for the first time
  | { readonly type: 'lost' } // it will be back
  | { readonly type: 'resumed' } // nothing was missed
  | { readonly type: 'reopened' } // a new stream: load the frame again
  | {
      readonly type: 'closed'
      readonly reason: CloseName
      readonly detail?: string | undefined
      readonly id?: string | undefined
    }

type Received = { readonly channel: Channel; readonly message: Message }
type Asked = { readonly payload: Uint8Array; readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }

const EMPTY = new Uint8Array(0)
const refused = (status: number, code: string, message: string): Answer => ({
  status,
  contentType: 'application/json',
  body: encodeText(JSON.stringify({ code, message, id: LOCAL } satisfies Refusal)),
})
/** Sent, they would end the channel, and with it what is shown. */
const TOO_BIG = refused(
  413,
  'too-big',
  `This is larger than ${sizeText(WIRE.message)}, the limit of one command, and was not sent. Upload a large file under Files: the notebook reads it at files/.`,
)
const TOO_MUCH = refused(
  503,
  'too-much-waiting',
  `More than ${sizeText(WIRE.queue)} wait to be sent to the kernel. Wait for the connection, then try again.`,
)

export class KernelChannel implements Subscription {
  readonly #mux: MuxSocket
  readonly #kernel: string
  readonly #news: (news: KernelNews) => void
  readonly #waiting: Received[] = [] // messages nobody listens to yet: not consumed, so at most a window and a message
  #channel: Channel | null = null
  #open = false
  #point: ResumePoint | null = null
  #listener: KernelListener | null = null
  #unsent: Asked[] = [] // made before the channel was open
  #asked = new Map<number, Asked>() // sent, without an answer
  #sent = new Map<number, Uint8Array>() // sent, not known to have arrived
  #tries = 0
  #closed = false

  constructor(mux: MuxSocket, kernel: string, news: (news: KernelNews) => void) {
    this.#mux = mux
    this.#kernel = kernel
    this.#news = news
    mux.add(this)
  }

  request(method: 'GET' | 'POST', path: string, contentType: string | undefined, body: Uint8Array | undefined): Promise<Answer> {
    const head = { method, path, ...(contentType !== undefined && { contentType }) }
    const payload = encodeCommand(head, body ?? EMPTY)
    if (payload.byteLength > WIRE.message) return Promise.resolve(TOO_BIG)
    if (this.#waitingBytes() + payload.byteLength > WIRE.queue) return Promise.resolve(TOO_MUCH)
    return new Promise((resolve, reject) => {
      const asked = { payload, resolve, reject }
      if (this.#closed) reject(new Error('the channel is closed'))
      else if (this.#open) this.#send(asked)
      else this.#unsent.push(asked)
    })
  }

  #waitingBytes(): number {
    const waiting = [...this.#sent.values(), ...this.#unsent.map(({ payload }) => payload)]
    return waiting.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** Starts the flow of messages, from the first one not yet handed out. One listener at a time. */
  listen(listener: KernelListener): () => void {
    this.#listener = listener
    for (const received of this.#waiting.splice(0)) this.#handOut(received)
    return () => {
      if (this.#listener === listener) this.#listener = null
    }
  }

  close(): void {
    this.#finish('normal')
    this.#channel?.close()
  }

  attach(link: Link): void {
    const resource = { type: 'kernel', kernel: this.#kernel } as const
    const channel = link.openChannel(
      { resource, resume: this.#point ?? undefined },
      {
        opened: (opened) => this.#opened(channel, opened),
        message: (message) => this.#heard(channel, message),
        acknowledged: (sequence) => this.#arrived(sequence),
        ended: (end) => this.#ended(link, channel, end),
      },
    )
    this.#channel = channel
  }

  over(reason: CloseName): void {
    this.#finish(reason)
  }

  #opened(channel: Channel, opened: Opened): void {
    const first = this.#point === null
    this.#open = true
    this.#tries = 0
    if (!opened.resumed) this.#begin(channel)
    else {
      this.#arrived(opened.received)
      for (const payload of [...this.#sent.values()]) channel.send('request', payload)
    }
    this.#point = { stream: opened.stream, received: opened.next - 1 }
    for (const asked of this.#unsent.splice(0)) this.#send(asked)
    this.#news({ type: opened.resumed ? 'resumed' : first ? 'opened' : 'reopened' })
  }

  /** A new stream. What was asked on the former one gets no answer; on the first, nothing was. */
  #begin(channel: Channel): void {
    this.#waiting.length = 0
    this.#sent.clear()
    if (this.#point === null) return
    this.#reject(this.#unsent.splice(0))
    this.#reject(this.#asked.values())
    this.#asked.clear()
    this.#channel = channel
    const listener = this.#listener
    this.#listener = null
    listener?.ended('gap')
  }

  #send(asked: Asked): void {
    const sequence = this.#channel?.send('request', asked.payload)
    if (sequence === undefined) return
    this.#asked.set(sequence, asked)
    this.#sent.set(sequence, asked.payload)
  }

  #arrived(sequence: number): void {
    for (const sent of this.#sent.keys()) if (sent <= sequence) this.#sent.delete(sent)
  }

  #heard(channel: Channel, message: Message): void {
    if (this.#point !== null && message.sequence !== 0) this.#point = { stream: this.#point.stream, received: message.sequence }
    if (message.kind === 'response') {
      channel.consumed(message.cost)
      this.#answered(message)
    } else if (this.#listener === null) this.#waiting.push({ channel, message })
    else this.#handOut({ channel, message })
  }

  #answered(message: Message): void {
    const command = decodeCommand(message.payload)
    const head = ResponseHead.safeParse(command?.head)
    if (command === null || !head.success) return
    const { request, status, contentType } = head.data
    if (message.sequence !== 0) this.#arrived(request)
    this.#asked.get(request)?.resolve({ status, contentType, body: command.body })
    this.#asked.delete(request)
  }

  #handOut({ channel, message }: Received): void {
    const data = message.kind === 'text' ? decodeText(message.payload) : message.payload
    const taken = () => {
      if (this.#channel === channel) channel.consumed(message.cost)
    }
    if (data === null || this.#listener === null) taken()
    else this.#listener.message(data, taken)
  }

  #ended(link: Link, channel: Channel, { reason, detail, id }: End): void {
    if (this.#channel !== channel || this.#closed) return
    this.#channel = null
    this.#open = false
    const next = reason === 'lost' ? 'retry' : CLOSE[reason].next
    // The whole connection may come back after a bearer ran out: then this is a drop like any other.
    const back = next === 'retry' || next === 'reopen' || (!link.open && reason === 'unauthenticated')
    if (!back || reason === 'normal') this.#finish(reason === 'lost' ? 'normal' : reason, detail, id)
    else {
      if (next === 'reopen' && this.#point !== null) this.#point = { ...this.#point, stream: VOID }
      this.#news({ type: 'lost' })
      if (link.open) this.#mux.clock.after(backoff(this.#tries++, Math.random()), () => this.#again(link))
    }
  }

  #again(link: Link): void {
    if (link.open && this.#channel === null && !this.#closed) this.attach(link)
  }

  #finish(reason: CloseName, detail?: string, id?: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#open = false
    this.#mux.remove(this)
    this.#reject(this.#unsent.splice(0))
    this.#reject(this.#asked.values())
    this.#asked.clear()
    const listener = this.#listener
    this.#listener = null
    listener?.ended(reason)
    this.#news({ type: 'closed', reason, detail, id })
  }

  #reject(requests: Iterable<Asked>): void {
    for (const asked of requests) asked.reject(new Error('the kernel has no answer any more'))
  }
}

const VOID = '' // the name of no stream: asks for a new one, and knows itself to be a return
