// A channel in the shape of a browser's WebSocket, for libraries that want one (y-websocket's WebSocketPolyfill, xterm's
// attach addon). Like a WebSocket it does not come back: its close event says the reason's code, and the library dials anew.
import type { Resource } from '#protocol/channel.ts'
import type { Channel } from '#protocol/channelState.ts'
import { CLOSE, type CloseName } from '#protocol/close.ts'
import type { Link } from '#protocol/link.ts'
import type { End } from '#protocol/port.ts'
import type { Message } from '#protocol/reassemble.ts'
import { decodeText, encodeText } from '#protocol/text.ts'
import type { MuxSocket, Subscription } from './socket.ts'

const LOST = 1006

export class ChannelSocket extends EventTarget implements Subscription {
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
  binaryType: 'arraybuffer' | 'blob' = 'blob'
  onopen: ((event: Event) => void) | null = null
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: ((event: CloseEvent) => void) | null = null
  onerror: ((event: Event) => void) | null = null
  readonly #mux: MuxSocket
  readonly #resource: Resource
  #channel: Channel | null = null
  #state: 0 | 1 | 2 | 3 = 0

  constructor(mux: MuxSocket, resource: Resource) {
    super()
    this.#mux = mux
    this.#resource = resource
    this.url = `mux:${resource.type}`
    mux.add(this)
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#state
  }

  get bufferedAmount(): number {
    return this.#channel?.queued ?? 0
  }

  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    if (this.#state === 0) throw new DOMException('Still connecting', 'InvalidStateError')
    if (this.#state !== 1) return
    if (typeof data === 'string') this.#channel?.send('text', encodeText(data))
    else this.#channel?.send('binary', bytesOf(data).slice())
  }

  close(): void {
    if (this.#state > 1) return
    this.#state = 2
    this.#channel?.close()
    queueMicrotask(() => this.#end(CLOSE.normal.code, '', true))
  }

  over(reason: CloseName): void {
    this.#end(CLOSE[reason].code, reason, true)
  }

  attach(link: Link): void {
    this.#mux.remove(this) // one life only
    const channel: Channel = link.openChannel(
      { resource: this.#resource },
      {
        opened: () => {
          this.#state = 1
          this.#tell(new Event('open'))
        },
        message: (message) => this.#heard(channel, message),
        ended: ({ reason, detail }: End) =>
          reason === 'lost' ? this.#end(LOST, '', false) : this.#end(CLOSE[reason].code, detail ?? reason, true),
      },
    )
    this.#channel = channel
  }

  #heard(channel: Channel, message: Message): void {
    channel.consumed(message.cost)
    if (this.#state !== 1) return
    const bytes = message.payload as Uint8Array<ArrayBuffer>
    const binary = () => (this.binaryType === 'blob' ? new Blob([bytes]) : bytes.slice().buffer)
    this.#tell(new MessageEvent('message', { data: message.kind === 'text' ? decodeText(bytes) : binary() }))
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    if (this.#state === 3) return
    this.#state = 3
    this.#mux.remove(this)
    if (!wasClean) this.#tell(new Event('error'))
    this.#tell(new CloseEvent('close', { code, reason, wasClean }))
  }

  #tell(event: Event): void {
    if (event.type === 'open') this.onopen?.(event)
    else if (event.type === 'message') this.onmessage?.(event as MessageEvent)
    else if (event.type === 'close') this.onclose?.(event as CloseEvent)
    else this.onerror?.(event)
    this.dispatchEvent(event)
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
