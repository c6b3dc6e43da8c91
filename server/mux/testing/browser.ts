// A browser tab without a browser: the protocol's own Link over a real WebSocket, with waits that have a deadline.
import { WebSocket } from 'ws'
import type { ShellEvent } from '#protocol/api.ts'
import type { RequestHead, ResponseHead, ResumePoint } from '#protocol/channel.ts'
import type { Channel } from '#protocol/channelState.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { Link, type Welcome } from '#protocol/link.ts'
import type { End, Opened } from '#protocol/port.ts'
import type { Message } from '#protocol/reassemble.ts'
import { decodeJson } from '#protocol/text.ts'
import { clock } from '../../clock.ts'
import { feed, webSocketWire } from '../wire.ts'

/** Things that happen in order, each taken once, awaited with a deadline. */
export class Happenings<T> {
  readonly seen: T[] = []
  #waiting: (() => void)[] = []

  add(thing: T): void {
    this.seen.push(thing)
    for (const look of this.#waiting.splice(0)) look()
  }

  async find<S extends T>(match: (thing: T) => thing is S, what?: string, within?: number): Promise<S>
  async find(match?: (thing: T) => boolean, what?: string, within?: number): Promise<T>
  async find(match: (thing: T) => boolean = () => true, what = 'something', within = 10_000): Promise<T> {
    const late = AbortSignal.timeout(within)
    for (;;) {
      const found = this.seen.find(match)
      if (found !== undefined) return found
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.push(resolve)
      late.addEventListener('abort', () => resolve(), { once: true })
      await promise
      if (late.aborted) throw new Error(`waited ${within} ms for ${what}`)
    }
  }
}

export type Answer = { readonly head: ResponseHead; readonly body: Buffer; readonly sequence: number }

export class KernelTab {
  readonly channel: Channel
  readonly opened = new Happenings<Opened>()
  readonly ended = new Happenings<End>()
  readonly texts = new Happenings<{ readonly op: string; readonly [key: string]: unknown }>()
  readonly answers = new Happenings<Answer>()
  readonly sequences: number[] = []

  constructor(link: Link, kernel: string, resume?: ResumePoint) {
    this.channel = link.openChannel(
      { resource: { type: 'kernel', kernel }, resume },
      {
        opened: (opened) => this.opened.add(opened),
        ended: (end) => this.ended.add(end),
        message: (message) => {
          this.#message(message)
          this.channel.consumed(message.cost)
        },
      },
    )
  }

  get resumePoint(): ResumePoint {
    return { stream: this.channel.stream, received: this.channel.received }
  }

  send(path: string, body: unknown = {}, more: Partial<RequestHead> = {}): number {
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body))
    return this.channel.send('request', encodeCommand({ method: 'POST', path, contentType: 'application/json', ...more }, bytes))
  }

  async ask(path: string, body: unknown = {}, more: Partial<RequestHead> = {}): Promise<Answer> {
    const sequence = this.send(path, body, more)
    return await this.answers.find(({ head }) => head.request === sequence, `the answer to ${path}`, 30_000)
  }

  #message(message: Message): void {
    if (message.sequence !== 0) this.sequences.push(message.sequence)
    if (message.kind === 'text') this.texts.add((decodeJson(message.payload) as { data: { op: string } }).data)
    else {
      const command = decodeCommand(message.payload)
      if (!command) throw new Error('an answer without a head')
      this.answers.add({ head: command.head as ResponseHead, body: Buffer.from(command.body), sequence: message.sequence })
    }
  }
}

export class Tab {
  readonly link: Link
  readonly socket: WebSocket
  readonly welcomes = new Happenings<Welcome>()
  readonly closed = new Happenings<End & { readonly code: number }>()
  readonly events = new Happenings<ShellEvent>()
  readonly eventsEnded = new Happenings<End>()

  constructor(origin: string, hello?: { readonly bearer: string; readonly resume?: string | undefined }) {
    this.socket = new WebSocket(`${origin.replace('http', 'ws')}/mux`, { origin, perMessageDeflate: false })
    let end: End = { reason: 'lost' }
    const link: Link = new Link({
      side: 'opener',
      hello: true,
      wire: webSocketWire(this.socket, () => link),
      clock,
      events: {
        welcome: (welcome) => this.welcomes.add(welcome),
        closed: (why) => {
          end = why
        },
      },
    })
    this.link = link
    feed(this.socket, link)
    this.socket.on('close', (code) => this.closed.add({ ...end, code }))
    if (hello) this.socket.on('open', () => link.hello(hello))
  }

  async welcome(): Promise<Welcome> {
    return await this.welcomes.find(() => true, 'the welcome')
  }

  openEvents(): Channel {
    const channel = this.link.openChannel(
      { resource: { type: 'events' } },
      {
        message: (message) => {
          this.events.add(decodeJson(message.payload) as ShellEvent)
          channel.consumed(message.cost)
        },
        ended: (end) => this.eventsEnded.add(end),
      },
    )
    return channel
  }

  kernel(kernel: string, resume?: ResumePoint): KernelTab {
    return new KernelTab(this.link, kernel, resume)
  }

  /** As a broken network would: nothing is said. */
  drop(): void {
    this.socket.terminate()
  }
}
