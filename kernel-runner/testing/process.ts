// The runner as its own process, on a state folder of its own, and what /proc says of its kernels.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { endProcess } from '../providers/local/processes.ts'
import { Client } from './client.ts'
import { temporaryRoot } from './local.ts'

const MAIN = path.join(path.dirname(import.meta.dirname), 'main.ts')

export class RunnerProcess {
  readonly root: string
  readonly child: ChildProcess
  readonly #socket: string
  stderr = ''

  constructor(root = temporaryRoot(), more: Record<string, string> = {}) {
    this.root = root
    const env = { ...process.env, SCRYDON_HOME: root, LOG_LEVEL: 'info', ...more }
    this.#socket = more.SCRYDON_RUNNER ?? path.join(root, 'run', 'runner.sock')
    this.child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
  }

  async listening(): Promise<this> {
    await eventually(
      () => this.stderr.includes('"listening"') || (this.child.exitCode !== null && Promise.reject(new Error(this.stderr))),
      60_000,
    )
    return this
  }

  connect(): Client {
    return new Client(this.#socket)
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode
    this.child.kill(signal)
    const [code] = await once(this.child, 'exit')
    return code
  }

  get zygote(): number {
    const found = processes().find(({ pid, parent }) => parent === this.child.pid && commandOf(pid).includes('launcher/main.py'))
    if (!found) throw new Error('no zygote')
    return found.pid
  }

  holder(kernel: string): number {
    return Number(fs.readFileSync(path.join(this.root, 'kernels', kernel, 'holder'), 'utf8').split(' ')[0])
  }

  /** Everything that lives in a kernel's sandbox, its holder included. */
  inside(kernel: string): number[] {
    const space = pidSpace(this.holder(kernel))
    return processes().flatMap(({ pid }) => (pidSpace(pid) === space ? [pid] : []))
  }

  /** Kills all of it but the holder; what ends with its parent meanwhile has gone already. */
  endInside(kernel: string): void {
    const holder = this.holder(kernel) // once: the runner removes the folder as soon as it sees the first of them gone
    for (const pid of this.inside(kernel)) if (pid !== holder) endProcess(pid)
  }

  /** marimo's server: the zygote's child. */
  server(kernel: string): number {
    const zygote = this.zygote
    const inside = new Set(this.inside(kernel))
    const found = processes().find(({ pid, parent }) => inside.has(pid) && parent === zygote)
    if (!found) throw new Error('no server')
    return found.pid
  }
}

function processes(): { pid: number; parent: number }[] {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((name) => {
    const text = read(`/proc/${name}/stat`)
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return text === '' || fields[0] === 'Z' ? [] : [{ pid: Number(name), parent: Number(fields[1]) }]
  })
}

const commandOf = (pid: number) => read(`/proc/${pid}/cmdline`)

function pidSpace(pid: number): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return null
  }
}

function read(name: string): string {
  try {
    return fs.readFileSync(name, 'latin1')
  } catch {
    return ''
  }
}

export const alive = (pids: readonly number[]): number[] => {
  const living = new Set(processes().map(({ pid }) => pid))
  return pids.filter((pid) => living.has(pid))
}

/** Polls until it is true; what it rejects with is passed on. */
export async function eventually(look: () => boolean | Promise<never>, within: number): Promise<void> {
  const deadline = Date.now() + within
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`not within ${within} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
