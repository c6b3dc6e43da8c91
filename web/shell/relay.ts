// Between a frame's port and its kernel's channel. The frame's side is hostile: every message is checked, what does not
// fit is dropped, and what waits is bounded. The gateway decides what a request may do; nothing is decided here.
import { FromFrame, type ToFrame } from '#protocol/bridge.ts'
import { CLOSE, type CloseName } from '#protocol/close.ts'

export type Answer = { readonly status: number; readonly contentType?: string | undefined; readonly body: Uint8Array }

/** The channel of one kernel, as the frame needs it (web/net makes them). */
export type KernelChannel = {
  request(method: 'GET' | 'POST', path: string, contentType: string | undefined, body: Uint8Array | undefined): Promise<Answer>
  /** Starts the flow of messages, from the first one not yet handed out. One listener at a time. */
  listen(listener: KernelListener): () => void
}
export type KernelListener = {
  message(data: string | Uint8Array, taken: () => void): void // taken: dealt with, so as much may follow
  ended(reason: CloseName): void
}

/** What the shell hears of a frame beside the kernel's traffic. */
export type FrameNews = Extract<
  FromFrame,
  { type: 'rendered' | 'unchanged' | 'shortcut' | 'intent' | 'link' | 'settings' | 'download' }
>

/** `untaken`: messages the frame has not said it dealt with, oldest first; the window of the channel bounds them. */
type Stream = { readonly socket: number; readonly stop: () => void; readonly untaken: (() => void)[] }

const WAITING = 256 // requests of one frame without an answer; marimo has a handful
const UNAVAILABLE: Answer = { status: 503, body: new Uint8Array() }
const STREAM = /^\/ws(\?|$)/

export class Relay {
  readonly #port: MessagePort
  readonly #channel: KernelChannel
  readonly #news: (news: FrameNews) => void
  #stream: Stream | null = null
  #waiting = 0

  constructor(port: MessagePort, channel: KernelChannel, news: (news: FrameNews) => void) {
    this.#port = port
    this.#channel = channel
    this.#news = news
    port.onmessage = ({ data }) => this.#heard(data)
  }

  tell(message: ToFrame, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  stop(): void {
    this.#leaveStream()
    this.#port.close()
  }

  #heard(data: unknown): void {
    const parsed = FromFrame.safeParse(data)
    if (!parsed.success) return
    const message = parsed.data
    if (message.type === 'fetch') void this.#pass(message)
    else if (message.type === 'socket-open') this.#open(message.socket, message.path)
    else if (message.type === 'socket-close') this.#close(message.socket)
    else if (message.type === 'socket-taken') this.#taken(message.socket, message.count)
    else if (message.type !== 'socket-send') this.#news(message) // marimo's stream carries nothing upwards
  }

  #open(socket: number, path: string): void {
    if (STREAM.test(path)) this.#join(socket)
    else this.tell({ type: 'socket-closed', socket, code: 1008, reason: 'refused' })
  }

  /**
   * One stream: a reconnecting marimo takes the place of its former self. It hears of an end only when trying again can
   * help: of every other the shell speaks, over the frame, and marimo's own words beside them would offer what is not there.
   */
  #join(socket: number): void {
    this.#leaveStream()
    this.tell({ type: 'socket-opened', socket })
    const untaken: (() => void)[] = []
    const stop = this.#channel.listen({
      message: (data, taken) => {
        untaken.push(taken)
        this.#message(socket, data)
      },
      ended: (reason) => {
        if (this.#stream?.socket === socket) this.#stream = null
        if (CLOSE[reason].next === 'retry') this.tell({ type: 'socket-closed', socket, code: CLOSE[reason].code, reason })
      },
    })
    this.#stream = { socket, stop, untaken }
  }

  /** What the former stream was handed and did not take counts no more: it is gone with it. */
  #leaveStream(): void {
    this.#stream?.stop()
    for (const taken of this.#stream?.untaken ?? []) taken()
    this.#stream = null
  }

  #taken(socket: number, count: number): void {
    if (this.#stream?.socket === socket) for (const taken of this.#stream.untaken.splice(0, count)) taken()
  }

  #message(socket: number, data: string | Uint8Array): void {
    const content = typeof data === 'string' ? data : alone(data)
    this.tell({ type: 'socket-message', socket, data: content }, typeof content === 'string' ? [] : [content])
  }

  #close(socket: number): void {
    if (this.#stream?.socket !== socket) return
    this.#leaveStream()
    this.tell({ type: 'socket-closed', socket, code: 1000, reason: '' })
  }

  async #pass({ request, method, path, contentType, body }: Extract<FromFrame, { type: 'fetch' }>): Promise<void> {
    if (this.#waiting >= WAITING) return this.#answer(request, UNAVAILABLE)
    this.#waiting += 1
    try {
      this.#answer(request, await this.#channel.request(method, path, contentType, body && new Uint8Array(body)))
    } catch {
      this.#answer(request, UNAVAILABLE) // the channel is gone; the shell says so over the frame
    } finally {
      this.#waiting -= 1
    }
  }

  #answer(request: number, { status, contentType, body }: Answer): void {
    const bytes = alone(body)
    this.tell({ type: 'answer', request, status, contentType, body: bytes }, [bytes])
  }
}

/** The bytes alone, in a buffer of their own that can be handed over. */
function alone(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
