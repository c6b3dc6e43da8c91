// The product as a user starts it (`npm start`: scripts/start.mjs), on free ports with a state folder of its own.
// The killing is real: pids come from the instance lock and from /proc.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export const ROOT = resolve(import.meta.dirname, '..')
const READY = 120_000
const STOP = 40_000

export type Program = 'gateway' | 'runner' | 'data-plane'
type Health = { status: string; isolation: { level: number; why: string[] } | null; tables: string }
export type StackOptions = { readonly env?: Record<string, string>; readonly node?: string; readonly flags?: readonly string[] }

export async function until<T>(what: string, ms: number, probe: () => Promise<T | null | false> | T | null | false): Promise<T> {
  const deadline = Date.now() + ms
  while (Date.now() < deadline) {
    const found = await probe()
    if (found !== null && found !== false) return found
    await wait(50)
  }
  throw new Error(`not within ${ms} ms: ${what}`)
}

function free(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, 'localhost', () => server.close(() => done(true)))
  })
}

/** Two neighbouring ports, the first for the shell, the second for frames. */
export async function portPair(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000) // below those that the system gives to whoever connects
    if ((await free(port)) && (await free(port + 1))) return port
  }
}

/** State, parent and what follows the name in /proc. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

export function parentOf(pid: number): number | null {
  const stat = statOf(pid)
  return stat === null ? null : Number(stat[1])
}

export function descendants(root: number): { pid: number; command: string }[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]))
  const below = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent === root || (parent != null && parent > 1 && below(parent))
  }
  return pids.filter(below).map((pid) => ({ pid, command: commandOf(pid) }))
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

/** One that has ended and was not waited for yet is not: some machines' first process looks for orphans every two seconds. */
export const alive = (pid: number): boolean => !['Z', 'X', null].includes(statOf(pid)?.[0] ?? null)

export class Stack {
  readonly home = mkdtempSync(join(tmpdir(), 'scry-'))
  readonly origin: string
  readonly port: number
  readonly runners = new Set<number>() // every runner there has been
  readonly #options: StackOptions
  #child: ChildProcess | null = null

  constructor(port: number, options: StackOptions = {}) {
    this.port = port
    this.origin = `http://localhost:${port}`
    this.#options = options
  }

  async start(): Promise<this> {
    const log = openSync(join(this.home, 'start.log'), 'a')
    this.#child = spawn(process.execPath, [join(ROOT, 'scripts/start.mjs'), ...(this.#options.flags ?? [])], {
      cwd: ROOT,
      env: { ...process.env, SCRYDON_SETTLED: '1', PORT: String(this.port), SCRYDON_HOME: this.home, ...this.#options.env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#child.once('error', (error) => writeFileSync(join(this.home, 'start.log'), String(error)))
    await until('the gateway, its runner and its data plane are ready', READY, async () => {
      if (this.#child?.exitCode !== null) throw new Error(`npm start ended:\n${this.log('start')}`)
      return this.#whole()
    })
    return this
  }

  async #whole(): Promise<boolean> {
    const health = await this.health()
    return health !== null && health.isolation !== null && health.tables === 'ready'
  }

  async health(): Promise<Health | null> {
    try {
      const answer = await fetch(`${this.origin}/healthz`, { signal: AbortSignal.timeout(2000) })
      return (await answer.json()) as Health
    } catch {
      return null
    }
  }

  pid(name: Program): number {
    const { children } = JSON.parse(readFileSync(join(this.home, 'instance.lock'), 'utf8')) as {
      children: { name: string; pid: number }[]
    }
    const found = children.find((child) => child.name === name)
    if (found === undefined) throw new Error(`the ${name} is not running`)
    if (name === 'runner') this.runners.add(found.pid)
    return found.pid
  }

  zygote(): number {
    const found = this.zygoteOrNull()
    if (found === null) throw new Error('there is no zygote')
    return found
  }

  /** A child of the runner itself; kernels have the same command, yet are children of the zygote or of their holder. */
  zygoteOrNull(): number | null {
    const runner = this.pid('runner')
    const found = descendants(runner).find(({ pid, command }) => command.includes('launcher/main.py') && parentOf(pid) === runner)
    return found?.pid ?? null
  }

  /** kill -9, and answers when another one has taken its place and answers. */
  async kill(name: Program): Promise<void> {
    const before = this.pid(name)
    process.kill(before, 'SIGKILL')
    await until(`another ${name}`, READY, async () => {
      const now = readPid(() => this.pid(name))
      return now !== null && now !== before && alive(now) && (await this.#whole())
    })
  }

  log(name: 'start' | Program): string {
    const path = name === 'start' ? join(this.home, 'start.log') : join(this.home, 'logs', `${name}.log`)
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }

  /** The process that `npm start` is. */
  get root(): number {
    if (this.#child?.pid === undefined) throw new Error('the stack was not started')
    return this.#child.pid
  }

  /** SIGTERM to the start program, as a terminal or a service manager sends it; true when it ended by itself. */
  async end(): Promise<boolean> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return true
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await Promise.race([gone, wait(STOP)])
    if (child.exitCode !== null || child.signalCode !== null) return true
    child.kill('SIGKILL')
    return false
  }

  async stop(): Promise<void> {
    await this.end()
    rmSync(this.home, { recursive: true, force: true })
  }
}

function readPid(read: () => number): number | null {
  try {
    return read()
  } catch {
    return null
  }
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stack = new Stack(await portPair(), options)
  try {
    return await stack.start()
  } catch (error) {
    await stack.stop()
    throw error
  }
}
