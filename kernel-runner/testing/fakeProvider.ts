// A kernel that runs nothing: a real WebSocket and HTTP server on a unix socket, in this process, that answers as a tiny
// marimo does. It takes a cell's code for its output, and knows a few lines that a test needs: an exit, an endless loop,
// a sleep, a flood of output, a growing memory. The shapes are those marimo 0.25.2 sends.
import fs from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Death, KernelProcess, KernelProvider, Order, ProviderEvent, ProviderInfo, Sample } from '../providers/provider.ts'

const EXIT = /os\._exit\((\d+)\)/
const FLOOD = /flood\((\d+), (\d+)\)/
const POUR = /pour\((\d+), (\d+)\)/
const FLIP = /flip\((\d+)\)/
const ALLOCATE = /allocate\((\d+)\)/

export class FakeProvider implements KernelProvider {
  readonly #level: 0 | 1 | 2 | 3
  #folder: string | null = null

  constructor(level: 0 | 1 | 2 | 3 = 0) {
    this.#level = level
  }

  async open(): Promise<ProviderInfo> {
    this.#folder = await fs.mkdtemp(path.join(os.tmpdir(), 'fake-'))
    return { level: this.#level, why: ['kernels of this provider run nothing'], packages: [], marimo: 'fake', python: 'fake' }
  }

  dataSocket(): null {
    return null
  }

  packages(): ProviderInfo['packages'] {
    return []
  }

  start(order: Order, report: (event: ProviderEvent) => void): KernelProcess {
    if (this.#folder === null) throw new Error('the provider is not open')
    return new FakeProcess(order, path.join(this.#folder, order.spec.id), report)
  }

  async close(): Promise<void> {
    if (this.#folder !== null) await fs.rm(this.#folder, { recursive: true, force: true })
  }
}

class FakeProcess implements KernelProcess {
  readonly #server: http.Server
  readonly #marimo: FakeMarimo
  readonly #report: (event: ProviderEvent) => void
  #death: Death | null = null
  #ended = false

  constructor(order: Order, socket: string, report: (event: ProviderEvent) => void) {
    this.#report = (event) => {
      if (!this.#ended) report(event)
    }
    this.#marimo = new FakeMarimo(order, (death) => this.#die(death))
    this.#server = http.createServer((request, response) => void this.#marimo.answer(request, response))
    const sockets = new WebSocketServer({ server: this.#server, path: '/ws', perMessageDeflate: false })
    sockets.on('connection', (client, request) => this.#marimo.connect(client, request))
    queueMicrotask(() => {
      this.#report({ type: 'step', step: 'python' })
      if (!this.#ended) this.#server.listen(socket, () => this.#report({ type: 'listening', socket }))
    })
  }

  async sample(): Promise<Sample | null> {
    return this.#death || this.#ended
      ? null
      : { memory: this.#marimo.memory, cpu: process.cpuUsage().user / 1000, scratch: 0, disk: 'enough' }
  }

  async inspect(): Promise<Death | null> {
    return this.#death
  }

  async end(): Promise<void> {
    this.#ended = true
    await this.#shut()
  }

  #die(death: Death): void {
    this.#death = death
    void this.#shut()
    this.#report({ type: 'died', death })
  }

  async #shut(): Promise<void> {
    this.#marimo.stop()
    this.#server.closeAllConnections()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    await promise
  }
}

/** What marimo keeps of a session, as far as a client can see it. */
class FakeMarimo {
  readonly #order: Order
  readonly #die: (death: Death) => void
  readonly #outputs = new Map<string, string>()
  #client: WebSocket | null = null
  #wire: Duplex | null = null
  #known = false
  #looping: string | null = null
  #dying: Death | null = null
  memory = 32 * 1024 * 1024

  constructor(order: Order, die: (death: Death) => void) {
    this.#order = order
    this.#die = die
  }

  connect(client: WebSocket, { url = '', socket }: http.IncomingMessage): void {
    const known = new URL(url, 'unix://kernel').searchParams.get('session_id') === this.#order.session
    if (known) this.#wire = socket
    if (known) this.#welcome(client)
    else client.close(1008)
  }

  #welcome(client: WebSocket): void {
    this.#client?.close(1000, 'MARIMO_SHUTDOWN')
    this.#client = client
    const resumed = this.#known
    this.#known = true
    if (resumed) this.#say('reconnected', {})
    this.#say('kernel-ready', { cell_ids: ['Hbol'], codes: [Buffer.from(this.#order.source).toString()], resumed })
    for (const [cell, output] of this.#outputs) this.#cell(cell, output, 'idle')
    if (this.#order.spec.autorun && !resumed) this.#instantiate()
  }

  stop(): void {
    this.#client?.terminate()
  }

  async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const known = request.headers['marimo-session-id'] === this.#order.session
    const [status, body] = known ? this.#command(request.url ?? '', Buffer.concat(chunks)) : [401, '{"detail":"Invalid session"}']
    response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'session=1' })
    response.end(body, () => this.#dying && this.#die(this.#dying))
  }

  #command(url: string, bytes: Buffer): [number, string] {
    const body = bytes.byteLength > 0 ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {}
    switch (url) {
      case '/api/kernel/run': {
        const codes = body.codes as string[]
        for (const [index, cell] of (body.cellIds as string[]).entries()) this.#run(cell, codes[index] ?? '')
        return [200, SUCCESS]
      }
      case '/api/kernel/interrupt':
        this.#interrupt()
        return [200, SUCCESS]
      case '/api/kernel/save':
        return [200, (body.codes as string[]).join('\n\n')]
      case '/api/kernel/instantiate':
        this.#instantiate()
        return [200, SUCCESS]
      case '/api/kernel/set_ui_element_value':
        this.#say('completed-run', {})
        return [200, SUCCESS]
      case '/health':
        return [200, '{"status":"healthy"}']
      default:
        return [404, '{"detail":"Not Found"}']
    }
  }

  #instantiate(): void {
    if (this.#order.spec.mode === 'edit') this.#say('completed-run', {})
    else if (this.#outputs.size === 0) this.#run('Hbol', 'reader')
  }

  #run(cell: string, code: string): void {
    this.#cell(cell, null, 'queued')
    this.#cell(cell, null, 'running')
    const exit = EXIT.exec(code)
    const flood = FLOOD.exec(code)
    const allocate = ALLOCATE.exec(code)
    const pour = POUR.exec(code)
    if (exit) this.#dying = { type: 'exit', value: Number(exit[1]) }
    if (allocate) this.memory = Number(allocate[1])
    if (flood) for (let n = 0; n < Number(flood[1]); n += 1) this.#cell(cell, 'x'.repeat(Number(flood[2])), null)
    for (let n = Number(FLIP.exec(code)?.[1] ?? 0); n > 0; n -= 1)
      for (const status of ['idle', 'running']) this.#cell(cell, null, status)
    if (code.includes('while True')) this.#looping = cell
    else if (pour) void this.#pour(Number(pour[1]), Number(pour[2])).then(() => this.#complete(cell, code))
    else if (!exit) this.#complete(cell, code)
  }

  #complete(cell: string, output: string): void {
    this.#outputs.set(cell, output)
    this.#cell(cell, output, null)
    this.#cell(cell, null, 'idle')
    this.#say('completed-run', {})
  }

  /** So many messages of so few bytes, as fast as its stream takes them. */
  async #pour(count: number, bytes: number): Promise<void> {
    const block = Buffer.concat(Array<Buffer>(TOGETHER).fill(Buffer.from([0x81, bytes, ...Array<number>(bytes).fill(0x78)])))
    const wire = this.#wire
    for (let sent = 0; sent < count && wire?.writable; sent += TOGETHER)
      if (!wire.write(block)) await new Promise<void>((resolve) => wire.once('drain', resolve))
  }

  #interrupt(): void {
    if (this.#looping === null) return
    this.#say('interrupted', {})
    this.#complete(this.#looping, 'interrupted')
    this.#looping = null
  }

  #cell(cell: string, output: string | null, status: string | null): void {
    const shown = output === null ? null : { channel: 'output', mimetype: 'text/plain', data: output, timestamp: 0 }
    this.#say('cell-op', { cell_id: cell, output: shown, console: null, status, stale_inputs: null, run_id: 'r', timestamp: 0 })
  }

  #say(op: string, data: object): void {
    this.#client?.send(`{"op": "${op}", "data": ${JSON.stringify({ op, ...data })}}`)
  }
}

const SUCCESS = '{"success":true}'
const TOGETHER = 10_000 // messages in one write of a pour
