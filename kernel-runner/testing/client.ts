// What a test needs to be a gateway: a link over a real unix socket, a runner channel, a kernel channel of a tab.
import net from 'node:net'
import type { ResumePoint } from '#protocol/channel.ts'
import type { Channel } from '#protocol/channelState.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { Link } from '#protocol/link.ts'
import type { End, Opened } from '#protocol/port.ts'
import type { Message } from '#protocol/reassemble.ts'
import type { KernelSpec, Phase, RunnerEvent } from '#protocol/runner.ts'
import { systemClock } from '../clock.ts'
import { feed, unixWire } from '../wire.ts'

export type Head = { readonly request: number; readonly status: number; readonly contentType?: string; readonly tag?: string }
export type Reply = { readonly head: Head; readonly body: Buffer; readonly sequence: number }

const MiB = 1024 * 1024
export function specOf(id: string, more: Partial<KernelSpec> = {}): KernelSpec {
  const limits = { memory: 512 * MiB, processes: 256, cpuShare: 1, files: 4096, scratch: 256 * MiB, output: 8 * MiB }
  const ids = { id: `k_${id.padEnd(10, '_')}`, person: 'p_owner0000', notebook: 'n_first0000' }
  return { ...ids, mode: 'edit', autorun: false, theme: 'light', limits, ...more }
}

/** Waits for what a condition names; every wait has its deadline. */
class Waiting {
  #checks: (() => void)[] = []

  changed(): void {
    for (const check of [...this.#checks]) check()
  }

  until<T>(look: () => T | undefined, what: string, within = 15_000): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const late = setTimeout(() => reject(new Error(`waited ${within} ms for ${what}`)), within)
    const check = () => {
      const found = look()
      if (found !== undefined) resolve(found)
    }
    this.#checks.push(check)
    check()
    return promise.finally(() => {
      clearTimeout(late)
      this.#checks = this.#checks.filter((other) => other !== check)
    })
  }
}

export class Client {
  readonly link: Link
  readonly #socket: net.Socket

  constructor(path: string) {
    this.#socket = net.connect(path)
    const link: Link = new Link({
      side: 'opener',
      hello: false,
      wire: unixWire(this.#socket, () => link),
      clock: systemClock,
      events: { closed: () => {} },
      channels: 4096,
    })
    this.link = link
    feed(this.#socket, link)
  }

  runner(): RunnerChannel {
    return new RunnerChannel(this.link)
  }

  kernel(kernel: string, tab: string, resume?: ResumePoint, taking = true): KernelChannel {
    return new KernelChannel(this.link, kernel, tab, resume, taking)
  }

  /** As a killed gateway would: no word is said. */
  drop(): void {
    this.#socket.destroy()
  }
}

class Base {
  readonly waiting = new Waiting()
  readonly replies = new Map<number, Reply>()
  opened: Opened | null = null
  end: End | null = null

  protected reply(message: Message): void {
    const command = decodeCommand(message.payload)
    const head = command?.head as Head
    this.replies.set(head.request, { head, body: Buffer.from(command?.body ?? []), sequence: message.sequence })
  }

  ready(): Promise<Opened> {
    return this.waiting.until(() => this.opened ?? undefined, 'opened')
  }

  ended(within?: number): Promise<End> {
    return this.waiting.until(() => this.end ?? undefined, 'the end of the channel', within)
  }

  answer(sequence: number): Promise<Reply> {
    return this.waiting.until(() => this.replies.get(sequence), `the answer to ${sequence}`)
  }
}

export class RunnerChannel extends Base {
  readonly channel: Channel
  readonly events: RunnerEvent[] = []

  constructor(link: Link) {
    super()
    this.channel = link.openChannel(
      { resource: { type: 'runner' } },
      {
        opened: (opened) => {
          this.opened = opened
          this.waiting.changed()
        },
        message: (message) => {
          this.channel.consumed(message.cost)
          if (message.kind === 'response') this.reply(message)
          else this.events.push(JSON.parse(Buffer.from(message.payload).toString()))
          this.waiting.changed()
        },
        ended: (end) => {
          this.end = end
          this.waiting.changed()
        },
      },
    )
  }

  async call(path: string, body: object, rest = ''): Promise<{ status: number; body: Record<string, unknown> }> {
    await this.ready()
    const bytes = Buffer.from(JSON.stringify(body) + (rest === '' ? '' : `\n${rest}`))
    const reply = await this.answer(this.channel.send('request', encodeCommand({ method: 'POST', path }, bytes)))
    return { status: reply.head.status, body: JSON.parse(reply.body.toString()) }
  }

  phase(kernel: string, wanted: (phase: Phase) => boolean, within?: number): Promise<Phase> {
    const look = () => {
      for (const event of this.events)
        if (event.type === 'phase' && event.kernel === kernel && wanted(event.phase)) return event.phase
      return undefined
    }
    return this.waiting.until(look, `a phase of ${kernel}`, within)
  }

  async live(kernel: string): Promise<Phase> {
    const phase = await this.phase(kernel, ({ phase }) => phase !== 'starting', 60_000)
    if (phase.phase !== 'ready') throw new Error(`not ready: ${JSON.stringify(phase)}`)
    return phase
  }

  exited(kernel: string, within?: number): Promise<Extract<Phase, { phase: 'exited' }>> {
    return this.phase(kernel, ({ phase }) => phase === 'exited', within) as never
  }
}

export class KernelChannel extends Base {
  readonly channel: Channel
  readonly texts: { readonly sequence: number; readonly text: string }[] = []
  readonly sequences: number[] = []
  #taking: boolean
  #untaken = 0

  constructor(link: Link, kernel: string, tab: string, resume: ResumePoint | undefined, taking: boolean) {
    super()
    this.#taking = taking
    this.channel = link.openChannel(
      { resource: { type: 'kernel', kernel }, tab, ...(resume && { resume }) },
      {
        opened: (opened) => {
          this.opened = opened
          this.waiting.changed()
        },
        message: (message) => this.#message(message),
        ended: (end) => {
          this.end = end
          this.waiting.changed()
        },
      },
    )
  }

  take(): void {
    this.#taking = true
    this.channel.consumed(this.#untaken)
    this.#untaken = 0
  }

  command(path: string, body: object, tag?: string): number {
    const head = { method: 'POST', path, contentType: 'application/json', ...(tag !== undefined && { tag }) }
    return this.channel.send('request', encodeCommand(head, Buffer.from(JSON.stringify(body))))
  }

  run(cell: string, code: string): number {
    return this.command('/api/kernel/run', { cellIds: [cell], codes: [code] })
  }

  /** The first message of this op that the check accepts. */
  op(
    op: string,
    check: (data: Record<string, unknown>) => boolean = () => true,
    within?: number,
  ): Promise<Record<string, unknown>> {
    const look = () => {
      for (const { text } of this.texts) {
        if (!text.startsWith(`{"op": "${op}"`)) continue
        const { data } = JSON.parse(text)
        if (check(data)) return data
      }
      return undefined
    }
    return this.waiting.until(look, `${op}`, within)
  }

  output(cell: string, check: (data: string) => boolean, within?: number): Promise<Record<string, unknown>> {
    const text = (data: Record<string, unknown>) => (data.output as { data?: unknown } | null)?.data
    return this.op(
      'cell-op',
      (data) => data.cell_id === cell && typeof text(data) === 'string' && check(text(data) as string),
      within,
    )
  }

  get resume(): ResumePoint {
    return { stream: this.channel.stream, received: this.channel.received }
  }

  #message(message: Message): void {
    if (this.#taking) this.channel.consumed(message.cost)
    else this.#untaken += message.cost
    this.sequences.push(message.sequence)
    if (message.kind === 'response') this.reply(message)
    else this.texts.push({ sequence: message.sequence, text: Buffer.from(message.payload).toString() })
    this.waiting.changed()
  }
}
