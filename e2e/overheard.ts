// All that a browser receives: every answer, and every frame of every socket, put together again by channel and message.
import type { BrowserContext, Page, Response, Route, WebSocket } from '@playwright/test'
import { decodeFrame } from '#protocol/codec.ts'
import type { Kind } from '#protocol/frame.ts'
import type { Notification } from './client.ts'

export type Piece = { readonly where: string; readonly bytes: Buffer }
type Received = { readonly kind: Kind; readonly parts: Uint8Array[] }

const API = /^[a-z]+:\/\/[^/]+\/api\//

/** A body that Chromium does not hand out: a file of a page that has left. */
export type Unread = { readonly url: string; readonly status: number; readonly why: string }

export class Overheard {
  readonly unread: Unread[] = []
  readonly #sockets: Map<string, Received>[] = []
  readonly #answers: Promise<Piece[]>[] = []
  readonly #told: Piece[] = []

  private constructor(context: BrowserContext) {
    context.on('response', (response) => this.#answers.push(this.#read(response)))
    context.on('console', (message) => this.#told.push({ where: 'console', bytes: Buffer.from(message.text()) }))
    context.on('page', (page) => this.#listen(page))
  }

  static async to(context: BrowserContext): Promise<Overheard> {
    const heard = new Overheard(context)
    await context.route(API, (route) => heard.#pass(route))
    return heard
  }

  /** What was heard so far, each with where. */
  async pieces(): Promise<Piece[]> {
    const answers = (await Promise.all(this.#answers)).flat()
    return [...answers, ...this.#messages().map(({ kind, bytes }) => ({ where: `socket ${kind}`, bytes })), ...this.#told]
  }

  /** What marimo's servers said, of all sockets and channels, in the order of each. */
  notifications(): Notification[] {
    const said = this.#messages().filter(({ kind, where }) => kind === 'text' && !where.startsWith('0 '))
    return said.flatMap(({ bytes }) => {
      const { op, data } = JSON.parse(bytes.toString()) as { op?: string; data?: Record<string, unknown> }
      return op === undefined ? [] : [{ op, data: data ?? {}, at: 0, bytes: bytes.length }]
    })
  }

  #messages() {
    return this.#sockets.flatMap((messages) =>
      [...messages].map(([where, { kind, parts }]) => ({ where, kind, bytes: Buffer.concat(parts) })),
    )
  }

  #listen(page: Page): void {
    page.on('websocket', (socket) => this.#hear(socket))
  }

  #hear(socket: WebSocket): void {
    const messages = new Map<string, Received>()
    this.#sockets.push(messages)
    socket.on('framereceived', ({ payload }) => {
      const bytes = Buffer.from(payload)
      const frame = decodeFrame(bytes)
      if (frame === null) throw new Error('a frame that is none of ours')
      const key = `${frame.channel} ${frame.kind} ${frame.sequence}`
      const message = messages.get(key) ?? { kind: frame.kind, parts: [] }
      messages.set(key, message)
      message.parts.push(frame.payload)
    })
  }

  /** Read on its way, since a browser gives the bodies of a page away when it leaves it. */
  async #pass(route: Route): Promise<void> {
    const url = route.request().url()
    const read = async () => {
      const response = await route.fetch()
      const bytes = await response.body()
      this.#told.push({ where: url, bytes })
      await route.fulfill({ response, body: bytes })
    }
    await read().catch(() => route.abort().catch(() => undefined)) // it has left, or the context is closed
  }

  async #read(response: Response): Promise<Piece[]> {
    const url = response.url()
    const told = `${url}\n${JSON.stringify(await response.allHeaders().catch(() => ({})))}`
    const head = { where: `head of ${url}`, bytes: Buffer.from(told) }
    if (API.test(url)) return [head]
    try {
      return [head, { where: url, bytes: await response.body() }]
    } catch (error) {
      this.unread.push({ url, status: response.status(), why: String(error).split('\n')[0] ?? '' })
      return [head]
    }
  }
}
