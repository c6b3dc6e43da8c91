// For tests: a fresh clone with nothing installed, on a machine that has only the programs a test puts there. What
// `npm start` says before it serves is the real thing: the script itself, spawned.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const COPIED = ['scripts', 'package.json', 'package-lock.json', 'python/requirements.lock', 'python/uv.lock.txt']
const TOOLS = ['sh', 'mkdir', 'cp', 'ln', 'sleep']

/** What npm ci leaves, as far as set-up looks at it. */
const INSTALLS = `mkdir -p node_modules/.bin && cp package-lock.json node_modules/.package-lock.json && ln -s ${process.execPath} node_modules/.bin/node`

export const FAKES = {
  npm: { installs: INSTALLS, hangs: 'sleep 100', fails: 'echo npm error network >&2; exit 1' },
  /** Answers its version; asked for a virtual environment it says what Debian's says without its venv package. */
  python: (version: string, venv = 'ensurepip is not available') =>
    `case "$*" in *version_info*) echo ${version};; *) echo "${venv}" >&2; exit 1;; esac`,
}

export type Run = {
  readonly child: ChildProcess
  /** All it said, once it has ended. */
  readonly ended: Promise<string>
  /** All it said so far, once that holds `text`. */
  until(text: string): Promise<string>
}

export class Clone {
  readonly root = mkdtempSync(join(tmpdir(), 'scrydon-clone-'))
  readonly home = join(this.root, '.scrydon')
  readonly lock = join(this.home, 'instance.lock')
  readonly #bin = join(this.root, 'bin')
  readonly #children: ChildProcess[] = []

  constructor() {
    for (const path of COPIED) cpSync(join(ROOT, path), join(this.root, path), { recursive: true })
    const shipped = ['notebooks', 'models'].map((name) => join(this.root, 'examples', name))
    for (const folder of [this.#bin, this.home, ...shipped]) mkdirSync(folder, { recursive: true })
    for (const tool of TOOLS) symlinkSync(spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim(), join(this.#bin, tool))
  }

  put(command: string, script: string): this {
    const path = join(this.#bin, command)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
    return this
  }

  /** `npm start`, in a process group of its own. */
  start(env: Record<string, string> = {}, ...flags: string[]): Run {
    const child = spawn(process.execPath, [join(this.root, 'scripts/start.mjs'), ...flags], {
      env: { PATH: this.#bin, PORT: '21000', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#children.push(child)
    let text = ''
    const watchers = new Set<() => void>()
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        for (const watcher of watchers) watcher()
      })
    const ended = new Promise<string>((done) => child.once('close', () => done(text)))
    const until = (wanted: string) =>
      new Promise<string>((done, fail) => {
        const look = () => text.includes(wanted) && done(text)
        watchers.add(look)
        look()
        void ended.then(() => fail(new Error(`ended without "${wanted}":\n${text}`)))
      })
    return { child, ended, until }
  }

  /** With everything it started. */
  kill({ child }: Run): Promise<unknown> {
    const gone = new Promise((done) => child.once('close', done))
    process.kill(-(child.pid as number), 'SIGKILL')
    return gone
  }

  remove(): void {
    for (const child of this.#children)
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), 'SIGKILL')
    rmSync(this.root, { recursive: true, force: true })
  }
}

export async function occupy(port: number, host: string): Promise<Server> {
  const server = createServer().listen(port, host)
  await new Promise((done, fail) => server.once('listening', done).once('error', fail))
  return server
}

/** Two neighbouring ports that nobody uses. */
export async function portPair(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000) // below those that the system gives to whoever connects
    try {
      for (const each of [port, port + 1]) (await occupy(each, '127.0.0.1')).close()
      return port
    } catch {
      // another pair
    }
  }
}
