// `WebSocket` as marimo knows it, over the port. A socket to another host does not exist here, nor would the content
// security policy let one open.
import { handedOver, on, say } from './port.ts'
import { noticeTex } from './scripts.ts'

// What is dealt with is said at once when it is this much, else after a moment. Less than the window of a channel.
const MESSAGES = 16
const BYTES = 256 * 1024
const MOMENT = 20 // ms
const sockets = new Map<number, PortSocket>()
let last = 0

/** Resolves at the kernel's first word: from then on it takes commands. */
export const spoken = Promise.withResolvers<void>()

export class PortSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readonly url: string
  readonly protocol = ''
  readonly extensions = ''
  readonly bufferedAmount = 0
  readyState = 0
  binaryType: BinaryType = 'blob'
  onopen: ((event: Event) => void) | null = null
  onmessage: ((event: Event) => void) | null = null
  onerror: ((event: Event) => void) | null = null
  onclose: ((event: Event) => void) | null = null
  readonly #id = ++last
  #taken = 0
  #bytes = 0
  #later: ReturnType<typeof setTimeout> | undefined

  constructor(url: string | URL) {
    super()
    const target = new URL(url, document.baseURI)
    this.url = target.href.replace(/^http/, 'ws')
    sockets.set(this.#id, this)
    if (target.host === location.host) this.#open(target.pathname + target.search)
    else queueMicrotask(() => this.ended(1006, ''))
  }

  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    if (this.readyState === 0) throw new DOMException('The socket is not open yet.', 'InvalidStateError')
    if (this.readyState !== 1) return
    if (data instanceof Blob) void data.arrayBuffer().then((bytes) => this.send(bytes))
    else say({ type: 'socket-send', socket: this.#id, data: typeof data === 'string' ? data : bytesOf(data) })
  }

  close(): void {
    if (this.readyState >= 2) return
    this.readyState = 2
    say({ type: 'socket-close', socket: this.#id })
  }

  /** marimo gives up on a socket that does not open in time: while there is no port, there is nothing to fail. */
  #open(path: string): void {
    say({ type: 'socket-open', socket: this.#id, path })
    if (!handedOver()) queueMicrotask(() => this.opened())
  }

  opened(): void {
    if (this.readyState !== 0) return
    this.readyState = 1
    this.#emit(new Event('open'))
  }

  received(data: string | ArrayBuffer): void {
    spoken.resolve()
    if (typeof data === 'string') noticeTex(data)
    const content = typeof data === 'string' || this.binaryType === 'arraybuffer' ? data : new Blob([data])
    this.#emit(new MessageEvent('message', { data: content, origin: new URL(this.url).origin }))
    this.#taken += 1
    this.#bytes += typeof data === 'string' ? data.length : data.byteLength
    if (this.#taken >= MESSAGES || this.#bytes >= BYTES) this.#acknowledge()
    else this.#later ??= setTimeout(() => this.#acknowledge(), MOMENT)
  }

  /** The shell sends more only for what was dealt with: a page that is busy is not poured full. */
  #acknowledge(): void {
    clearTimeout(this.#later)
    this.#later = undefined
    if (this.#taken > 0) say({ type: 'socket-taken', socket: this.#id, count: this.#taken })
    this.#taken = 0
    this.#bytes = 0
  }

  ended(code: number, reason: string): void {
    sockets.delete(this.#id)
    const failed = this.readyState === 0
    this.readyState = 3
    if (failed) this.#emit(new Event('error'))
    this.#emit(new CloseEvent('close', { code, reason, wasClean: code === 1000 }))
  }

  #emit(event: Event): void {
    this.dispatchEvent(event)
    this[`on${event.type as 'open' | 'message' | 'error' | 'close'}`]?.(event)
  }
}

function bytesOf(data: ArrayBufferLike | ArrayBufferView): ArrayBuffer {
  const view = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
  return view.slice().buffer
}

export function replaceWebSocket(): void {
  on('socket-opened', ({ socket }) => sockets.get(socket)?.opened())
  on('socket-message', ({ socket, data }) => sockets.get(socket)?.received(data))
  on('socket-closed', ({ socket, code, reason }) => sockets.get(socket)?.ended(code, reason))
  window.WebSocket = PortSocket as unknown as typeof WebSocket
}
