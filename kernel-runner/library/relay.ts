// What the library in kernels asks, passed on to the gateway. Which socket a call came through is who calls: this side adds the
// kernel's id, and no line of a kernel is read here. A gateway that is away, or goes, closes the connection: the library connects
// again for a while.
import type { Duplex } from 'node:stream'
import type { KernelId } from '#protocol/ids.ts'
import { LIBRARY } from '#protocol/library.ts'
import type { Clock } from '#protocol/wire.ts'

/** What is used of a link's channel. */
export interface RelayChannel {
  send(kind: 'text', payload: Uint8Array): number
}
type Waiting = { readonly channel: RelayChannel; readonly answer: (line: string | null) => void }

const NEWLINE = 10

export class LibraryRelay {
  readonly #clock: Clock
  readonly #waiting = new Map<number, Waiting>()
  readonly #connections = new Map<KernelId, number>()
  #channel: RelayChannel | null = null
  #calls = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The newest gateway answers; a former one may not have been missed yet. */
  opened(channel: RelayChannel): void {
    this.#channel = channel
  }

  ended(channel: RelayChannel): void {
    if (this.#channel === channel) this.#channel = null
    for (const waiting of [...this.#waiting.values()]) if (waiting.channel === channel) waiting.answer(null)
  }

  answered({ call, line }: { readonly call: number; readonly line: string }): void {
    this.#waiting.get(call)?.answer(line)
  }

  /** One connection of a kernel: a line, its answer, and the next. */
  serve(kernel: KernelId, connection: Duplex): void {
    const open = (this.#connections.get(kernel) ?? 0) + 1
    if (open > LIBRARY.connections) return void connection.destroy()
    this.#connections.set(kernel, open)
    connection.on('error', () => connection.destroy())
    connection.on('close', () => this.#left(kernel))
    void this.#converse(kernel, connection)
      .catch((error: unknown) => {
        if (!connection.destroyed) throw error // else its kernel has ended, or went without reading: nobody waits for more
      })
      .finally(() => connection.destroy())
  }

  #left(kernel: KernelId): void {
    const open = (this.#connections.get(kernel) ?? 1) - 1
    if (open > 0) this.#connections.set(kernel, open)
    else this.#connections.delete(kernel)
  }

  async #converse(kernel: KernelId, connection: Duplex): Promise<void> {
    let line = Buffer.alloc(0)
    for await (const chunk of connection) {
      line = Buffer.concat([line, chunk as Buffer])
      const end = line.indexOf(NEWLINE)
      if (line.length > LIBRARY.ask || (end >= 0 && end < line.length - 1)) return // too long, or not waiting for its answer
      if (end < 0) continue
      const answer = await this.#ask(kernel, line.subarray(0, end).toString(), connection)
      if (answer === null) return
      connection.write(`${answer}\n`)
      line = Buffer.alloc(0)
    }
  }

  /** Null: nobody answers. */
  #ask(kernel: KernelId, line: string, connection: Duplex): Promise<string | null> {
    const channel = this.#channel
    if (channel === null) return Promise.resolve(null)
    const call = ++this.#calls
    const { promise, resolve } = Promise.withResolvers<string | null>()
    const answer = (said: string | null) => {
      cancel()
      this.#waiting.delete(call)
      resolve(said)
    }
    const cancel = this.#clock.after(LIBRARY.deadline, () => answer(null))
    connection.once('close', () => answer(null))
    this.#waiting.set(call, { channel, answer })
    channel.send('text', Buffer.from(JSON.stringify({ call, kernel, line })))
    return promise
  }
}
