// A server on loopback, for tests: it keeps what it was asked, and knows which answers are being written.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export abstract class Loopback<Request> {
  readonly requests: Request[] = []
  readonly #server: Server
  readonly #open = new Set<ServerResponse>()

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  protected abstract answer(request: IncomingMessage, body: string, response: ServerResponse): void

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  protected get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Answers that are being written. */
  get open(): number {
    return this.#open.size
  }

  /** Is it held up by who reads an answer? */
  get heldUp(): boolean {
    return [...this.#open].some(({ writableNeedDrain }) => writableNeedDrain)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open.add(response)
    response.on('close', () => this.#open.delete(response))
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    this.answer(request, Buffer.concat(parts).toString(), response)
  }
}
