// The runner's own connection to one kernel: marimo's stream (one WebSocket, kept from the start of the kernel to its
// end) and marimo's commands (HTTP), both over the kernel's unix socket. Everything that comes from there was written by
// the notebook's code: it is bounded here and passed on as bytes.
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import WebSocket from 'ws'
import { RUNNER_ANSWERS } from '#protocol/errors.ts'
import { WIRE } from '#protocol/limits.ts'
import { MARIMO } from '../bounds.ts'

export type Answer = { readonly status: number; readonly contentType?: string; readonly body: Buffer }

export type Command = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly contentType?: string | undefined
  readonly body: Uint8Array
}

export type StreamEnd =
  | { readonly type: 'refused' } // nobody listens: the server is gone
  | { readonly type: 'shutdown' } // marimo ended the session: its Python process is gone
  | { readonly type: 'lost' } // anything else, a server that does not answer in time among it

export interface StreamHandlers {
  open(): void
  message(data: Buffer): void
  oversize(): void // it begins a message above MARIMO.receive; `ended` follows
  ended(end: StreamEnd): void
}

const SHUTDOWN = 'MARIMO_SHUTDOWN'

/** One WebSocket on marimo's stream. After `close` no handler is called any more. */
export class Stream {
  readonly #socket: WebSocket
  #handlers: StreamHandlers | null

  constructor(path: string, session: string, handlers: StreamHandlers) {
    this.#handlers = handlers
    this.#socket = new WebSocket(`ws+unix:${path}:/ws?session_id=${session}`, {
      perMessageDeflate: false,
      maxPayload: MARIMO.receive,
      handshakeTimeout: MARIMO.dial,
      skipUTF8Validation: true, // the browser decodes; a kernel may send what it likes
    })
    this.#socket.on('open', () => this.#handlers?.open())
    this.#socket.on('message', this.#message)
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#handlers?.oversize()
      this.#end(refused(error) ? 'refused' : 'lost')
    })
    this.#socket.on('close', (_code, reason) => this.#end(reason.toString('latin1') === SHUTDOWN ? 'shutdown' : 'lost'))
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#handlers = null
    this.#socket.terminate()
  }

  readonly #message = (data: WebSocket.RawData): void => {
    this.#handlers?.message(data as Buffer) // binaryType is the default, nodebuffer
  }

  #end(type: StreamEnd['type']): void {
    const handlers = this.#handlers
    this.close()
    handlers?.ended({ type })
  }
}

function refused(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNREFUSED' || error.code === 'ENOENT'
}

// What may take long without being stuck: it waits for a formatter or renders the whole notebook.
const LONG = new Set(['/api/kernel/save', '/api/kernel/save_app_config', '/api/kernel/format'])

type Deadlines = Readonly<Record<'command' | 'longCommand', number>> // ms

/** marimo's commands over a small pool. An answer that is late, too large or missing becomes one in words. */
export class Commands {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: MARIMO.sockets, timeout: MARIMO.idleSocket })
  readonly #path: string
  readonly #session: string
  readonly #deadlines: Deadlines

  constructor(path: string, session: string, deadlines: Deadlines = MARIMO) {
    this.#path = path
    this.#session = session
    this.#deadlines = deadlines
  }

  async run(command: Command): Promise<Answer> {
    try {
      return await this.#exchange(command)
    } catch (error) {
      return failed(error)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #exchange(command: Command): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const deadline = this.#deadlines[LONG.has(command.path) ? 'longCommand' : 'command']
    const request = http.request({
      agent: this.#agent,
      socketPath: this.#path,
      method: command.method,
      path: command.path,
      headers: {
        'marimo-session-id': this.#session,
        'content-length': command.body.byteLength,
        ...(command.contentType !== undefined && { 'content-type': command.contentType }),
      },
    })
    const late = setTimeout(() => reject(new Late()), deadline)
    request.on('error', reject)
    const unanswered = () => reject(new Error('closed without an answer'))
    request.on('close', unanswered) // an upgrade, which nobody asked for, ends so
    request.on('response', (response) => {
      request.off('close', unanswered)
      void collect(response).then(resolve, reject)
    })
    request.end(command.body)
    return promise.finally(() => {
      clearTimeout(late)
      request.destroy()
    })
  }
}

class TooLarge extends Error {}
class Late extends Error {}

async function collect(response: http.IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > WIRE.message - WIRE.head) throw new TooLarge()
    chunks.push(chunk)
  }
  const contentType = response.headers['content-type']
  const body = Buffer.concat(chunks)
  return {
    status: response.statusCode ?? 502,
    ...(contentType !== undefined && { contentType: contentType.slice(0, 200) }),
    body,
  }
}

function failed(error: unknown): Answer {
  if (error instanceof TooLarge) return refusal(502, 'answer-too-large', RUNNER_ANSWERS['answer-too-large'].text)
  if (error instanceof Late) return refusal(504, 'kernel-silent', RUNNER_ANSWERS['kernel-silent'].text)
  return refusal(502, 'kernel-unreachable', RUNNER_ANSWERS['kernel-unreachable'].text)
}

/** An answer of the runner itself, in the shape of every refusal. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify({ code, message, id: errorId() })) }
}

/** The id a person can quote; the runner's log has it. */
export function errorId(): string {
  return `e_${randomBytes(9).toString('base64url')}`
}
