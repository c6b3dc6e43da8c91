// A real data plane in a process of its own, on a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
const PYTHON = process.env.SCRYDON_PYTHON ?? join(ROOT, '.venv/bin/python')

export class PlaneProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'plane-'))
  readonly artefacts = join(this.folder, 'artefacts')
  readonly socket = join(this.folder, 'data.sock')
  readonly #seeds: string
  #child: ChildProcess | null = null

  /** `seeds`: a folder of CSV files. */
  constructor(seeds = join(ROOT, 'examples/tables')) {
    this.#seeds = seeds
  }

  async start(): Promise<void> {
    const tables = join(this.folder, 'tables')
    const args = ['--socket', this.socket, '--tables', tables, '--artefacts', this.artefacts, '--seeds', this.#seeds]
    this.#child = spawn(PYTHON, [join(ROOT, 'python/dataplane/main.py'), ...args], { stdio: ['pipe', 'pipe', 'ignore'] })
    await once(this.#child.stdout ?? this.#child, 'data')
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** A folder for a kernel's door; answers where the door will be. */
  doorOf(kernel: string): string {
    const folder = join(this.folder, kernel)
    mkdirSync(folder, { recursive: true })
    return join(folder, 'data')
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
