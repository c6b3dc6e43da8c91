// The gateway and the kernel runner as `npm start` runs them: two processes over one state folder, real kernels.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

export class Running {
  readonly #child: ChildProcess
  readonly lines: string[] = []

  constructor(program: 'server/main.ts' | 'kernel-runner/main.ts', env: Record<string, string>) {
    this.#child = spawn(process.execPath, [at(program)], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface(stream).on('line', (line) => this.lines.push(line))
  }

  /** The first line that holds this text. */
  async said(text: string, within = 60_000): Promise<string> {
    const late = Date.now() + within
    for (;;) {
      const line = this.lines.find((each) => each.includes(text))
      if (line !== undefined) return line
      if (Date.now() > late || this.#child.exitCode !== null)
        throw new Error(`waited for "${text}"; last words: ${this.lines.slice(-5).join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Bytes of memory: what it holds now, and the most it ever held. */
  get memory(): { readonly now: number; readonly most: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024
    return { now: of('VmRSS'), most: of('VmHWM') }
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exited
  }
}
