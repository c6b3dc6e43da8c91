// A person without a browser: signs in, calls the REST table, opens a kernel over /mux and reads its stream. For arranging
// tests and for measuring; it is checked by the same schemas as the shell's own client.
import { WebSocket } from 'ws'
import type * as z from 'zod/mini'
import type { ShellEvent } from '#protocol/api.ts'
import { CALLS, type Call } from '#protocol/calls.ts'
import type { Channel } from '#protocol/channelState.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { Link } from '#protocol/link.ts'
import type { End } from '#protocol/port.ts'
import { isAlive } from '#protocol/runner.ts'

type Answer<C extends Call> = z.output<(typeof CALLS)[C]['answer']>
type Input = { params?: Record<string, string>; query?: Record<string, string>; body?: unknown; bytes?: Uint8Array }
export type Role = 'Owner' | 'Analyst' | 'Colleague' | 'Auditor' | 'Outsider'

export class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(`${status} ${code}: ${message}`)
    this.status = status
    this.code = code
  }
}

export class Client {
  readonly origin: string
  #cookie = ''
  #bearer = ''
  readonly #tabs: Tab[] = []

  constructor(origin: string) {
    this.origin = origin
  }

  get bearer(): string {
    return this.#bearer
  }

  async signIn(name: string): Promise<this> {
    const account = (await this.call('GET /api/accounts')).find((each) => each.name === name)
    if (account === undefined) throw new Error(`there is no account ${name}`)
    await this.call('POST /api/sign-in', { body: { account: account.id } })
    await this.renew()
    return this
  }

  async renew(): Promise<void> {
    this.#bearer = (await this.call('POST /api/bearer')).bearer
  }

  async call<C extends Call>(call: C, input: Input = {}): Promise<Answer<C>> {
    const response = await this.raw(call, input)
    const text = await response.text()
    const value: unknown = text === '' ? {} : JSON.parse(text)
    if (response.ok) return CALLS[call].answer.parse(value) as Answer<C>
    const refusal = value as { code?: string; message?: string }
    throw new Refused(response.status, refusal.code ?? '', refusal.message ?? '')
  }

  async raw(call: Call, input: Input = {}): Promise<Response> {
    const [method = 'GET', pattern = '/'] = call.split(' ')
    const path = pattern.replace(/:(\w+)/g, (_, word: string) => encodeURIComponent(input.params?.[word] ?? ''))
    const query = new URLSearchParams(input.query).toString()
    const headers: Record<string, string> = { origin: this.origin, 'x-scrydon': '1', cookie: this.#cookie }
    if (CALLS[call].who === 'person') headers.authorization = `Bearer ${this.#bearer}`
    if (method !== 'GET') headers['content-type'] = input.bytes ? 'application/octet-stream' : 'application/json'
    const body = method === 'GET' ? null : (input.bytes ?? JSON.stringify(input.body ?? {}))
    const response = await fetch(`${this.origin}${path}${query ? `?${query}` : ''}`, {
      method,
      headers,
      body: body as NonNullable<RequestInit['body']> | null,
    })
    const set = response.headers.getSetCookie()[0]
    if (set !== undefined) this.#cookie = set.split(';')[0] ?? ''
    return response
  }

  notebook(name: string, source: string): Promise<Answer<'POST /api/notebooks'>> {
    return this.call('POST /api/notebooks', { body: { name, source } })
  }

  async find(name: string): Promise<Answer<'POST /api/notebooks'>> {
    const found = (await this.call('GET /api/notebooks')).find((notebook) => notebook.name === name)
    if (found === undefined) throw new Error(`there is no notebook ${name}`)
    return found
  }

  async source(id: string): Promise<string> {
    return (await this.call('GET /api/notebooks/:id/source', { params: { id } })).source
  }

  /** The one socket of a tab; with the token of a former one, the same tab again. */
  async tab(resume?: string): Promise<Tab> {
    const tab = await Tab.connect(this.origin, this.#bearer, resume)
    this.#tabs.push(tab)
    return tab
  }

  /** Their kernels that live. */
  async living() {
    return (await this.call('GET /api/kernels')).filter(isAlive)
  }

  /** Closes every tab it has opened. */
  leave(): void {
    for (const tab of this.#tabs.splice(0)) tab.close()
  }

  async open(
    tab: Tab,
    id: string,
    mode: 'auto' | 'run' = 'auto',
  ): Promise<{ opened: Answer<'POST /api/notebooks/:id/open'>; kernel: KernelStream }> {
    const body = { mode, tab: tab.id, theme: 'light' }
    const opened = await this.call('POST /api/notebooks/:id/open', { params: { id }, body })
    return { opened, kernel: await tab.kernel(opened.kernel) }
  }
}

export class Tab {
  readonly link: Link
  readonly id: string
  readonly resume: string
  readonly socket: WebSocket

  private constructor(link: Link, socket: WebSocket, { tab, resume }: { readonly tab: string; readonly resume: string }) {
    this.link = link
    this.socket = socket
    this.id = tab
    this.resume = resume
  }

  static connect(origin: string, bearer: string, resume?: string): Promise<Tab> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/mux`, { origin, perMessageDeflate: false })
    socket.binaryType = 'nodebuffer'
    return new Promise((done, fail) => {
      const clock = {
        now: () => performance.now(),
        after: (ms: number, run: () => void) => {
          const timer = setTimeout(run, ms)
          return () => clearTimeout(timer)
        },
      }
      const wire = {
        send: (frame: Uint8Array) => socket.send(frame, () => link.drain()),
        buffered: () => socket.bufferedAmount,
        close: (code: number, reason: string) => socket.close(code, reason),
      }
      const link = new Link({
        side: 'opener',
        hello: true,
        wire,
        clock,
        events: {
          welcome: (welcome) => done(new Tab(link, socket, welcome)),
          closed: (end) => fail(new Error(`the socket closed: ${end.reason} ${end.detail ?? ''}`)),
        },
      })
      socket.on('open', () => link.hello({ bearer, resume }))
      socket.on('message', (data) => link.receive(data as Buffer))
      socket.on('close', (code) => link.wireClosed(code))
      socket.on('error', fail)
    })
  }

  kernel(kernel: string): Promise<KernelStream> {
    return new Promise((done, fail) => {
      const stream = new KernelStream(() => done(stream), fail)
      stream.channel = this.link.openChannel({ resource: { type: 'kernel', kernel } }, stream)
    })
  }

  /** Goes on after the last message of a channel that was lost. Answers before it is known whether it may. */
  again(kernel: string, { channel }: KernelStream): KernelStream {
    const resume = { stream: channel.stream, received: channel.received }
    const stream = new KernelStream(
      () => undefined,
      () => undefined,
    )
    stream.channel = this.link.openChannel({ resource: { type: 'kernel', kernel }, resume }, stream)
    return stream
  }

  /** What the shell is told beside the kernels' streams, each with the moment at which it came. */
  events(): Timed[] {
    const seen: Timed[] = []
    const channel: Channel = this.link.openChannel(
      { resource: { type: 'events' } },
      {
        opened: () => undefined,
        ended: () => undefined,
        message: ({ payload, cost }) => {
          seen.push({ at: performance.now(), event: JSON.parse(Buffer.from(payload).toString()) as ShellEvent })
          channel.consumed(cost)
        },
      },
    )
    return seen
  }

  close(): void {
    this.link.close()
  }
}

export type Timed = { readonly at: number; readonly event: ShellEvent }

/** The moment at which the end of a kernel was told, and in which words; null while it was not. */
export function endIn(seen: readonly Timed[], kernel: string): { at: number; cause: string; message: string } | null {
  for (const { at, event } of seen)
    if (event.type === 'phase' && event.kernel === kernel && event.phase.phase === 'exited')
      return { at, cause: event.phase.cause, message: event.phase.message }
  return null
}

export type Notification = {
  readonly op: string
  readonly data: Record<string, unknown>
  readonly at: number
  readonly bytes: number
}
export type Reply = { readonly status: number; readonly body: string }

/** marimo's messages as they come, and its commands. */
export class KernelStream {
  channel!: Channel
  readonly seen: Notification[] = []
  ended_: End | null = null
  readonly #replies = new Map<number, { done(reply: Reply): void; fail(error: Error): void }>()
  readonly #watchers = new Set<() => void>()
  readonly #isOpen: () => void
  readonly #failed: (error: Error) => void

  constructor(isOpen: () => void, failed: (error: Error) => void) {
    this.#isOpen = isOpen
    this.#failed = failed
  }

  opened(): void {
    this.#isOpen()
  }

  message(message: { readonly kind: string; readonly payload: Uint8Array; readonly cost: number }): void {
    if (message.kind === 'text') this.#note(Buffer.from(message.payload))
    else if (message.kind === 'response') this.#answer(message.payload)
    this.channel.consumed(message.cost)
  }

  ended(end: End): void {
    this.ended_ = end
    const error = new Error(`the channel ended: ${end.reason} ${end.detail ?? ''}`)
    this.#failed(error)
    for (const { fail } of this.#replies.values()) fail(error)
    for (const watcher of this.#watchers) watcher()
  }

  #note(payload: Buffer): void {
    const { op, data } = JSON.parse(payload.toString()) as { op: string; data?: Record<string, unknown> }
    this.seen.push({ op, data: data ?? {}, at: performance.now(), bytes: payload.length })
    for (const watcher of this.#watchers) watcher()
  }

  #answer(payload: Uint8Array): void {
    const decoded = decodeCommand(payload)
    const head = decoded?.head as { request: number; status: number } | undefined
    if (decoded === null || head === undefined) return
    this.#replies.get(head.request)?.done({ status: head.status, body: Buffer.from(decoded.body).toString() })
    this.#replies.delete(head.request)
  }

  /** Waits for the first notification from `from` on that fits. */
  until(what: string, fits: (notification: Notification) => boolean, ms = 60_000, from = 0): Promise<Notification> {
    return new Promise((done, fail) => {
      const finish = () => {
        clearTimeout(timer)
        this.#watchers.delete(look)
      }
      const look = () => {
        const found = this.seen.slice(from).find(fits)
        if (found !== undefined) {
          finish()
          done(found)
        } else if (this.ended_ !== null) {
          finish()
          fail(new Error(`the channel ended (${this.ended_.reason}) before: ${what}`))
        }
      }
      const timer = setTimeout(() => {
        finish()
        fail(new Error(`not within ${ms} ms: ${what}; seen: ${this.seen.map(({ op }) => op).join(' ')}`))
      }, ms)
      this.#watchers.add(look)
      look()
    })
  }

  /** As the front end does when it opens a notebook for editing: instantiated, nothing run. Answers the cells. */
  async instantiate(): Promise<{ ids: string[]; codes: string[] }> {
    const { data } = await this.until('the kernel is ready', ({ op }) => op === 'kernel-ready')
    if (data.resumed !== true) await this.#done('/api/kernel/instantiate', { objectIds: [], values: [], autoRun: false })
    return { ids: data.cell_ids as string[], codes: data.codes as string[] }
  }

  /** Runs cells with the given code and waits for the end of the run. */
  run(cellIds: readonly string[], codes: readonly string[], ms = 120_000): Promise<void> {
    return this.#done('/api/kernel/run', { cellIds, codes }, ms)
  }

  async runAll(): Promise<void> {
    const { ids, codes } = await this.instantiate()
    await this.run(ids, codes)
  }

  async #done(path: string, body: unknown, ms = 60_000): Promise<void> {
    const from = this.seen.length
    const { status, body: answer } = await this.post(path, body)
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${answer}`)
    await this.until('the run has completed', ({ op }) => op === 'completed-run', ms, from)
  }

  /** Fails when the channel ends before the answer. */
  post(path: string, body: unknown): Promise<Reply> {
    return this.send(path, JSON.stringify(body))
  }

  send(path: string, body: string): Promise<Reply> {
    return this.#asked({ method: 'POST', path, contentType: 'application/json' }, body)
  }

  get(path: string): Promise<Reply> {
    return this.#asked({ method: 'GET', path }, '')
  }

  #asked(head: object, body: string): Promise<Reply> {
    const sequence = this.channel.send('request', encodeCommand(head, new TextEncoder().encode(body)))
    return new Promise((done, fail) => this.#replies.set(sequence, { done, fail }))
  }
}
