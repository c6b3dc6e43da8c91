// A whole runner on fake kernels as a process of its own: what its memory comes to can be told.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Client } from './client.ts'

// MiB: garbage is collected before it looks like growth.
const HEAP = ['--max-old-space-size=96', '--max-semi-space-size=2']
const FAKE = path.join(import.meta.dirname, 'fake.ts')

export class FakeRunnerProcess {
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fakes-'))
  readonly #child: ChildProcess

  private constructor() {
    this.#child = spawn(process.execPath, [...HEAP, FAKE, this.#socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  static async start(): Promise<FakeRunnerProcess> {
    const started = new FakeRunnerProcess()
    await once(started.#child.stdout as NonNullable<ChildProcess['stdout']>, 'data')
    return started
  }

  get #socket(): string {
    return path.join(this.#folder, 'run', 'runner.sock')
  }

  connect(): Client {
    return new Client(this.#socket)
  }

  /** The most memory it has ever held, in bytes. */
  get peak(): number {
    const status = fs.readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024
  }

  async end(): Promise<void> {
    const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : null
    this.#child.kill('SIGKILL')
    await ended
    fs.rmSync(this.#folder, { recursive: true, force: true })
  }
}
