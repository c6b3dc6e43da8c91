// The runner's side of python/launcher/zygote.py: spawns it, speaks its protocol (documented at its head), starts it again
// when it dies. Kernels do not hang on it: they go on, only their exit is then seen by their socket.
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod/mini'
import { connectPinned } from './pin.ts'

const CONNECT_DEADLINE = 10_000 // ms until its socket is there
const READY_DEADLINE = 60_000 // ms until all is imported, on a cold disk
const START_DEADLINE = 30_000
const BACKOFF = { first: 200, most: 10_000 } as const
const LINE = 1 << 20

const Packages = z.array(z.object({ name: z.string(), version: z.string() }))
const Ready = z.object({
  type: z.literal('ready'),
  marimo: z.string(),
  python: z.string(),
  modules: z.number(),
  packages: Packages,
})
const Message = z.discriminatedUnion('type', [
  Ready,
  z.object({ type: z.literal('started'), id: z.string(), pid: z.int() }),
  z.object({ type: z.literal('failed'), id: z.string(), step: z.string(), message: z.string() }),
  z.object({ type: z.literal('exited'), id: z.string(), code: z.nullable(z.int()), signal: z.nullable(z.int()) }),
])
export type ZygoteReady = z.infer<typeof Ready>
type Message = z.infer<typeof Message>

export type StartRequest = {
  readonly id: string
  readonly mode: 'edit' | 'run'
  readonly autorun: boolean
  readonly theme: 'light' | 'dark'
  readonly holder: number | null // null: no sandbox
  readonly uid: number | null // null: the runner's own
  readonly socket: string // where it will listen, in a folder that no sandbox shows
  readonly home: string // as the kernel sees it
  readonly notebook: string
  readonly cgroups: readonly string[]
  readonly limits: {
    readonly memory: number
    readonly processes: number
    readonly files: number
    readonly scratch: number // the longest file
    readonly output: number
    readonly threads: number
  }
  readonly log: string | null
  readonly unisolated?: string | null // why, where it is: a notebook that asks for governed data says it
}
/** `exited` resolves when its server process is gone; `unknown` when the zygote died first and nobody saw how. */
export type Exit =
  | { readonly type: 'exit'; readonly code: number }
  | { readonly type: 'signal'; readonly signal: number }
  | { readonly type: 'unknown' }
export type Started =
  | { readonly type: 'started'; readonly pid: number; readonly exited: Promise<Exit> }
  | { readonly type: 'failed'; readonly step: string; readonly message: string }

export type ZygoteOptions = {
  readonly python: string // the environment's interpreter
  readonly main: string // python/launcher/main.py
  readonly learned: string | null
  readonly folder: string // private to the runner
  readonly patience?: number // ms until a start must be answered
  readonly note: (line: string) => void // what the zygote says on stderr, and its deaths
}

function exitOf(code: number | null, signal: number | null): Exit {
  return signal === null ? { type: 'exit', code: code ?? 1 } : { type: 'signal', signal }
}

/** One life of the zygote process. */
class Life {
  readonly #child: ChildProcess
  readonly #pending = new Map<string, (started: Started) => void>()
  readonly #running = new Map<string, (exit: Exit) => void>()
  #socket: Socket | null = null
  #retired = false
  readonly #patience: number
  readonly gone: Promise<void>

  constructor(options: ZygoteOptions, path: string) {
    this.#patience = options.patience ?? START_DEADLINE
    const learned = options.learned === null ? [] : ['--learned', options.learned]
    rmSync(path, { force: true })
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: process.env.HOME ?? options.folder, LANG: 'C.UTF-8' }
    this.#child = spawn(options.python, ['-I', options.main, path, ...learned], { stdio: ['ignore', 'ignore', 'pipe'], env })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => options.note(text.slice(0, 4096).trimEnd()))
    this.gone = new Promise<void>((resolve) => {
      this.#child.once('error', () => resolve())
      this.#child.once('exit', () => resolve())
    }).then(() => this.#end())
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async open(path: string): Promise<ZygoteReady> {
    this.#socket = await dial(path, () => this.#child.exitCode !== null || this.#child.signalCode !== null)
    const ready = new Promise<ZygoteReady>((resolve) => this.#listen(resolve))
    const lost = this.gone.then(() => Promise.reject(new Error('the zygote ended before it was ready')))
    const late = wait(READY_DEADLINE, null, { ref: false }).then(() =>
      Promise.reject(new Error('the zygote was not ready in time')),
    )
    return await Promise.race([ready, lost, late])
  }

  #listen(ready: (message: ZygoteReady) => void): void {
    let pending = ''
    this.#socket?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (pending + text).split('\n')
      pending = lines.pop() ?? ''
      if (pending.length > LINE) this.kill()
      for (const line of lines) this.#read(line, ready)
    })
  }

  /** One that talks nonsense is ended and replaced: the kernels must not end with it, nor the runner. */
  #read(line: string, ready: (message: ZygoteReady) => void): void {
    const message = parse(line)
    if (message) this.#take(message, ready)
    else this.kill()
  }

  #take(message: Message, ready: (message: ZygoteReady) => void): void {
    switch (message.type) {
      case 'ready':
        ready(message)
        break
      case 'exited':
        this.#running.get(message.id)?.(exitOf(message.code, message.signal))
        this.#running.delete(message.id)
        this.#leave()
        break
      case 'failed':
        this.#answer(message.id, { type: 'failed', step: message.step, message: message.message })
        break
      case 'started':
        this.#started(message.id, message.pid)
    }
  }

  #started(id: string, pid: number): void {
    const exited = new Promise<Exit>((resolve) => this.#running.set(id, resolve))
    if (this.#pending.has(id)) this.#answer(id, { type: 'started', pid, exited })
    else endLate(pid)
  }

  #answer(id: string, started: Started): void {
    this.#pending.get(id)?.(started)
    this.#pending.delete(id)
    this.#leave()
  }

  /** Another life has taken over: this one stays for the kernels it forked, since they would end with it. */
  retire(): void {
    this.#retired = true
    this.#leave()
  }

  #leave(): void {
    if (this.#retired && this.#pending.size === 0 && this.#running.size === 0) this.kill()
  }

  start(request: StartRequest): Promise<Started> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#answer(request.id, failed('the zygote did not answer in time')), this.#patience)
      const answer = (started: Started) => {
        clearTimeout(late)
        resolve(started)
      }
      this.#pending.set(request.id, answer)
      this.#socket?.write(`${JSON.stringify({ type: 'start', ...request })}\n`)
    })
  }

  #end(): void {
    this.#socket?.destroy()
    for (const resolve of this.#pending.values()) resolve(failed('the zygote died'))
    for (const resolve of this.#running.values()) resolve({ type: 'unknown' })
    this.#pending.clear()
    this.#running.clear()
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

function parse(line: string): Message | null {
  try {
    const read = Message.safeParse(JSON.parse(line))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/** Whoever asked for it has given up: without a sandbox nothing else would end it. */
function endLate(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    return // gone already
  }
}

const failed = (message: string): Started => ({ type: 'failed', step: 'zygote', message })

function dialOnce(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connectPinned(path)
    socket?.once('connect', () => resolve(socket))
    socket?.once('error', () => resolve(null))
    if (socket === null) resolve(null) // not there yet
  })
}

async function dial(path: string, gone: () => boolean): Promise<Socket> {
  const deadline = performance.now() + CONNECT_DEADLINE
  while (!gone() && performance.now() < deadline) {
    const socket = await dialOnce(path)
    if (socket !== null) return socket.on('error', () => undefined)
    await wait(20)
  }
  throw new Error('the zygote opened no socket')
}

export class Zygote {
  readonly #options: ZygoteOptions
  #life: Life | null = null
  readonly #alive = new Set<Life>() // retired ones too
  #ready: ZygoteReady | null = null
  #closed = false
  #lives = 0

  constructor(options: ZygoteOptions) {
    this.#options = options
  }

  /**
   * Starts the first life; rejects when there is none to be had. Later ones follow by themselves. Asked again, it starts
   * another, of what is installed now: it takes over once it is ready, and the former goes with the last kernel it forked.
   */
  async open(): Promise<ZygoteReady> {
    const path = join(this.#options.folder, `zygote-${process.pid}-${this.#lives++}.sock`)
    const life = new Life(this.#options, path)
    try {
      const ready = await life.open(path)
      if (this.#closed) throw new Error('the zygote was closed')
      this.#take(life, ready)
      return ready
    } catch (error) {
      life.kill()
      throw error
    }
  }

  #take(life: Life, ready: ZygoteReady): void {
    this.#life?.retire()
    this.#life = life
    this.#ready = ready
    this.#alive.add(life)
    void life.gone.then(() => {
      this.#alive.delete(life)
      void this.#revive(life)
    })
  }

  async #revive(dead: Life): Promise<void> {
    if (this.#life !== dead) return
    this.#life = null
    for (let pause: number = BACKOFF.first; !this.#closed; pause = Math.min(pause * 2, BACKOFF.most)) {
      this.#options.note('the zygote died and is started again')
      await wait(pause, null, { ref: false })
      if (this.#closed) return
      const alive = await this.open().then(
        () => true,
        () => false,
      )
      if (alive) return
    }
  }

  /** What the last life said of itself. */
  get ready(): ZygoteReady | null {
    return this.#ready
  }

  /** Its process, while it lives. */
  get pid(): number | undefined {
    return this.#life?.pid
  }

  async start(request: StartRequest): Promise<Started> {
    return this.#life === null
      ? failed('the zygote is being started again; try in a few seconds')
      : await this.#life.start(request)
  }

  close(): void {
    this.#closed = true
    this.#life = null
    for (const life of this.#alive) life.kill()
  }
}
