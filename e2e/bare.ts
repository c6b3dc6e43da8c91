// Bare marimo of the same environment, as anybody would start it: the peer that tests and measurements compare with.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { FILE, hash } from './cells.ts'
import type { Notification } from './client.ts'
import { portPair, ROOT, until } from './stack.ts'

const PYTHON = join(ROOT, '.venv/bin/python')
const QUIET = ['--headless', '--no-token', '--no-skew-protection']

function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}

export class Bare {
  readonly port: number
  readonly started = performance.now()
  /** Of the last run: the hash of each file that its messages name. */
  readonly files = new Map<string, string>()
  readonly #home = mkdtempSync(join(tmpdir(), 'bare-'))
  readonly #child: ChildProcess

  private constructor(mode: 'edit' | 'run', file: string, port: number) {
    this.port = port
    const extra = mode === 'edit' ? ['--skip-update-check'] : []
    this.#child = spawn(PYTHON, ['-m', 'marimo', '-q', mode, file, ...QUIET, ...extra, '-p', String(port)], {
      stdio: 'ignore',
      env: { ...process.env, HOME: this.#home, MARIMO_SKIP_UPDATE_CHECK: '1' },
    })
  }

  static async start(mode: 'edit' | 'run', file: string): Promise<Bare> {
    const bare = new Bare(mode, file, await portPair())
    await until('bare marimo listens', 60_000, () => listens(bare.port))
    return bare
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /**
   * A session in which every cell runs, from its first message to the end of the run. In run mode marimo starts the run
   * itself; in edit mode the notebook is instantiated and then all cells are run, as its front end does.
   */
  async run(mode: 'edit' | 'run' = 'edit', ms = 120_000): Promise<Notification[]> {
    const session = `s_${Math.random().toString(36).slice(2, 8)}`
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/ws?session_id=${session}`, { perMessageDeflate: false })
    const seen: Notification[] = []
    socket.on('message', (raw) => {
      const text = raw.toString()
      const { op, data } = JSON.parse(text) as { op: string; data?: Record<string, unknown> }
      seen.push({ op, data: data ?? {}, at: performance.now(), bytes: text.length })
    })
    const ended = (runs: number) =>
      until('bare marimo has finished its run', ms, () => seen.filter(({ op }) => op === 'completed-run').length >= runs)
    try {
      const ready = await until('bare marimo is ready', ms, () => seen.find(({ op }) => op === 'kernel-ready') ?? null)
      if (mode === 'edit') {
        await this.#post(session, 'instantiate', { objectIds: [], values: [], autoRun: false })
        await ended(1)
        await this.#post(session, 'run', { cellIds: ready.data.cell_ids, codes: ready.data.codes })
      }
      await ended(mode === 'edit' ? 2 : 1)
      await this.#hashFiles(seen)
      return seen
    } finally {
      socket.terminate()
    }
  }

  async #hashFiles(seen: readonly Notification[]): Promise<void> {
    for (const [, name = ''] of JSON.stringify(seen).matchAll(FILE)) {
      const answer = await fetch(`${this.origin}/@file/${name}`)
      if (answer.ok) this.files.set(name, hash(new Uint8Array(await answer.arrayBuffer())))
    }
  }

  async #post(session: string, command: string, body: unknown): Promise<void> {
    const answer = await fetch(`${this.origin}/api/kernel/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'marimo-session-id': session },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`bare marimo refused ${command}: ${answer.status}`)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const gone = new Promise((done) => this.#child.once('exit', done))
      this.#child.kill('SIGKILL')
      await gone
    }
    rmSync(this.#home, { recursive: true, force: true })
  }
}
