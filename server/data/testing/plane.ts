// A real data plane in a process of its own, on a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DialectName } from '../../seams/dataPlane.ts'
import { PostgresProcess } from './postgres.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PYTHON = process.env.SCRYDON_PYTHON ?? join(ROOT, '.venv/bin/python')

let used: DialectName = 'duckdb'
export const usedDialect = () => used

/** Planes that start from now on have their tables in such an engine, a new one each. */
export function useDialect(name: DialectName): void {
  used = name
}

export class PlaneProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'plane-'))
  readonly artefacts = join(this.folder, 'artefacts')
  readonly socket = join(this.folder, 'data.sock')
  readonly #seeds: string
  #child: ChildProcess | null = null
  #server: PostgresProcess | null = null

  /** `seeds`: a folder of CSV files. */
  constructor(seeds = join(ROOT, 'examples/tables')) {
    this.#seeds = seeds
  }

  /** `owner`: whether it can sign in as the owner of its tables, where they are in a server. */
  async start(owner = true): Promise<void> {
    const tables = join(this.folder, 'tables')
    const args = ['--socket', this.socket, '--tables', tables, '--artefacts', this.artefacts, '--seeds', this.#seeds]
    if (used === 'postgres') this.#server ??= await PostgresProcess.start()
    const env = { ...process.env, ...this.#server?.env, ...(owner ? {} : { SCRYDON_TABLES_OWNER: '' }) }
    this.#child = spawn(PYTHON, [join(ROOT, 'python/dataplane/main.py'), ...args], { stdio: ['pipe', 'pipe', 'ignore'], env })
    await once(this.#child.stdout ?? this.#child, 'data')
  }

  /** Said by whoever owns the tables of its server. */
  own(sql: string): void {
    this.#server?.own(sql)
  }

  get pid(): number {
    return this.#child?.pid ?? 0
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
    await this.#server?.end()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
