// Real kernels for tests: one zygote, real sandboxes and control groups, and a small marimo client on a kernel's socket.
import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { type Cgroup, type CgroupLimits, type Cgroups, openCgroups } from '../providers/local/cgroup.ts'
import { findBubblewrap } from '../providers/local/probe.ts'
import { buildHolder, type Holder, prepareSandboxes, type SandboxBase } from '../providers/local/sandbox.ts'
import { type Exit, type StartRequest, Zygote, type ZygoteReady } from '../providers/local/zygote.ts'

const ROOT = join(import.meta.dirname, '../..')
export const PYTHON = join(ROOT, '.venv/bin/python')
export const MAIN = join(ROOT, 'python/launcher/main.py')
export const sandboxable = process.platform === 'linux' && process.geteuid?.() === 0 && findBubblewrap() !== null
const SESSION = 's_tested'
/** ms for anything awaited from a kernel: no promise, only an end to waiting. */
export const GUARD = 20_000

type Message = { readonly op: string; readonly data: Record<string, unknown> }
export type Ground = {
  folder: string
  base: SandboxBase
  cgroups: Cgroups
  zygote: Zygote
  ready: ZygoteReady
  close(): Promise<void>
}

/** `shown`: folders that sandboxes show beside the interpreter's own. */
export async function openGround(python = PYTHON, shown: readonly string[] = []): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'launch-'))
  const program = execFileSync(python, ['-I', MAIN, '--print-seccomp'])
  const prefix = execFileSync(python, ['-c', 'import sys; print(sys.prefix, sys.base_prefix)'], { encoding: 'utf8' }).trim()
  const base = prepareSandboxes(folder, findBubblewrap() ?? 'bwrap', program, [...prefix.split(' '), ...shown])
  const cgroups = openCgroups(`test-${process.pid}-${Date.now()}`)
  const zygote = new Zygote({ python, main: MAIN, learned: null, folder, note: () => undefined })
  const ready = await zygote.open()
  const close = async () => {
    zygote.close()
    await cgroups.remove()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, base, cgroups, zygote, ready, close }
}

/** A marimo notebook of these cells; each is the body of a cell. */
export function notebook(cells: readonly string[], header = ''): string {
  const body = cells.map((cell) => `@app.cell\ndef _():\n${cell.replace(/^/gm, '    ')}\n    return\n`)
  return `${header}import marimo\n\napp = marimo.App()\n\n${body.join('\n')}`
}

export type Wish = Partial<StartRequest> & {
  cells: readonly string[]
  header?: string
  limits?: StartRequest['limits']
  cgroup?: CgroupLimits
}

let count = 0

/** A started kernel and its client. */
export class TestKernel {
  readonly pid: number
  readonly holder: Holder
  readonly cgroup: Cgroup
  readonly home: string
  readonly exited: Promise<Exit>
  readonly #socket: string
  #ws: WebSocket | null = null
  messages: Message[] = []

  private constructor(
    started: { pid: number; exited: Promise<Exit> },
    holder: Holder,
    cgroup: Cgroup,
    home: string,
    socket: string,
  ) {
    this.pid = started.pid
    this.exited = started.exited
    this.holder = holder
    this.cgroup = cgroup
    this.home = home
    this.#socket = socket
  }

  static async start(ground: Ground, wish: Wish): Promise<TestKernel> {
    const { cells, header, cgroup: limits, mode = 'run', ...rest } = wish
    const id = `kernel-${count++}`
    const uid = 61000 + count
    const home = join(ground.folder, id, 'home')
    mkdirSync(home, { recursive: true, mode: 0o700 })
    writeFileSync(join(home, 'notebook.py'), notebook(cells, header))
    for (const path of [home, join(home, 'notebook.py')]) chownSync(path, uid, uid)
    const cgroup = ground.cgroups.create(id, limits ?? { memory: 2 ** 30, processes: 128, cpuShare: 2 })
    const holder = await buildHolder(ground.base, { id, home, files: null, sockets: null, uid, tmp: 2 ** 26, shm: 2 ** 26 })
    const socket = join(ground.folder, id, 'socket')
    const request: StartRequest = {
      id,
      mode,
      autorun: mode === 'run',
      theme: 'light',
      holder: holder.pid,
      uid,
      socket,
      home: '/home/me',
      notebook: '/home/me/notebook.py',
      cgroups: cgroup.procs,
      limits: { memory: 2 ** 30, processes: 128, files: 1024, scratch: 2 ** 28, output: 8_000_000, threads: 1 },
      log: join(ground.folder, id, 'log'),
      ...rest,
    }
    const started = await ground.zygote.start(request)
    if (started.type === 'failed') throw new Error(`${started.step}: ${started.message}`)
    return new TestKernel(started, holder, cgroup, home, socket)
  }

  /** Opens the one socket, closing the former; messages are kept from here on. */
  async connect(): Promise<void> {
    this.#ws
      ?.removeAllListeners()
      .on('error', () => undefined)
      .close()
    this.messages = []
    const ws = new WebSocket(`ws+unix://${this.#socket}:/ws?session_id=${SESSION}`)
    this.#ws = ws
    ws.on('message', (data) => void this.messages.push(JSON.parse(String(data)) as Message))
    ws.on('error', () => undefined)
    await this.until((message) => message.op === 'kernel-ready')
  }

  /** The first message, come or still to come, that satisfies. */
  async until(wanted: (message: Message) => boolean): Promise<Message> {
    const found = this.messages.find(wanted)
    if (found) return found
    return await new Promise<Message>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing came; seen: ${this.messages.map((m) => m.op).join(' ')}`)), GUARD)
      this.#ws?.on('message', () => {
        const now = this.messages.at(-1)
        if (now === undefined || !wanted(now)) return
        clearTimeout(late)
        resolve(now)
      })
    })
  }

  /** Stops reading the socket, as a page does that is behind. */
  pause(): void {
    this.#ws?.pause()
  }

  resume(): void {
    this.#ws?.resume()
  }

  closed(): Promise<number> {
    return new Promise((resolve) => this.#ws?.once('close', resolve))
  }

  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { 'marimo-session-id': SESSION, 'content-type': 'application/json' }
      const request = httpRequest({ socketPath: this.#socket, path, method, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
      request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  instantiate(autoRun = true) {
    return this.call('POST', '/api/kernel/instantiate', { objectIds: [], values: [], autoRun })
  }

  run(cell: string, code: string) {
    return this.call('POST', '/api/kernel/run', { cellIds: [cell], codes: [code] })
  }

  get cells(): string[] {
    const ready = this.messages.find((message) => message.op === 'kernel-ready')
    return (ready?.data.cell_ids ?? []) as string[]
  }

  /** The text of the first output that holds `text`; outputs of every cell count. */
  async output(text: string): Promise<string> {
    const shown = ({ data }: Message) => JSON.stringify((data.output as { data?: unknown } | null)?.data ?? '')
    const message = await this.until((message) => message.op === 'cell-op' && shown(message).includes(text))
    return String((message.data.output as { data: unknown }).data)
  }

  async end(): Promise<void> {
    this.#ws?.terminate()
    this.holder.kill()
    await this.holder.exited
    await this.cgroup.remove()
  }
}
