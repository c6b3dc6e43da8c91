// A kernel's folder on the host: kernels/<id>/ is the runner's (0700), kernels/<id>/home the kernel's own and all it sees
// of it. Everything is written before the kernel exists, into a folder made just now, without following a link; nothing
// is opened there afterwards but to measure and to wipe.
import fs from 'node:fs'
import path from 'node:path'
import { processStart } from './processes.ts'

export const NOTEBOOK = 'notebook.py'

export type Home = {
  readonly folder: string // the runner's
  readonly home: string // the kernel's
  readonly socket: string
  readonly log: string // of its start
  readonly files: string // the notebook's uploads: bound read-only
}

export type HomeOptions = {
  readonly root: string // SCRYDON_HOME
  readonly id: string
  readonly notebook: string
  readonly source: Uint8Array
  readonly layout: string | undefined
  readonly uid: number | null
}

const LAYOUT = /layout_file\s*=\s*["'](layouts\/[\w-][\w.-]{0,150}\.json)["']/
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants

export function kernelsFolder(root: string): string {
  return path.join(root, 'kernels')
}

export function makeHome({ root, id, notebook, source, layout, uid }: HomeOptions): Home {
  const folder = path.join(kernelsFolder(root), id)
  const home = path.join(folder, 'home')
  const files = path.join(root, 'uploads', notebook)
  fs.mkdirSync(kernelsFolder(root), { recursive: true, mode: 0o700 })
  fs.mkdirSync(folder, { mode: 0o700 })
  fs.mkdirSync(files, { recursive: true, mode: 0o755 })
  makeFolder(home, uid)
  makeFolder(path.join(home, 'files'), uid)
  write(path.join(home, NOTEBOOK), source, uid)
  if (layout !== undefined) {
    const name = LAYOUT.exec(Buffer.from(source).toString())?.[1] ?? 'layouts/notebook.grid.json'
    makeFolder(path.join(home, 'layouts'), uid)
    write(path.join(home, name), Buffer.from(layout), uid)
  }
  return { folder, home, files, socket: path.join(folder, 'k.sock'), log: path.join(folder, 'log') }
}

/** The type of what ended a server before it listened, out of its start's log: never its words, which may hold data. */
export function exceptionIn(log: string): string | null {
  const text = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').slice(-8192).trimEnd() : ''
  return /^([A-Za-z_][\w.]{0,80})(?::|$)/.exec(text.slice(text.lastIndexOf('\n') + 1))?.[1] ?? null
}

function makeFolder(name: string, uid: number | null): void {
  fs.mkdirSync(name, { mode: 0o700 })
  if (uid !== null) fs.lchownSync(name, uid, uid)
}

function write(name: string, bytes: Uint8Array, uid: number | null): void {
  const fd = fs.openSync(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    fs.writeFileSync(fd, bytes)
    if (uid !== null) fs.fchownSync(fd, uid, uid)
  } finally {
    fs.closeSync(fd)
  }
}

/** For the next instance, should this one be killed: which process keeps this kernel's sandbox. */
export function noteHolder(folder: string, pid: number): void {
  fs.writeFileSync(path.join(folder, 'holder'), `${pid} ${processStart(pid)}`, { mode: 0o600 })
}

/** What an earlier instance left: its sandboxes die with it, this makes sure, and wipes the folders. */
export async function wipeLeftovers(root: string): Promise<number> {
  const folder = kernelsFolder(root)
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : []
  for (const name of names) {
    endHolder(path.join(folder, name, 'holder'))
    await wipe(path.join(folder, name))
  }
  return names.length
}

export function wipe(folder: string): Promise<void> {
  return fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

function endHolder(note: string): void {
  if (!fs.existsSync(note)) return
  const [pid, start] = fs.readFileSync(note, 'utf8').split(' ')
  if (pid && start && start !== '' && processStart(Number(pid)) === start) process.kill(Number(pid), 'SIGKILL')
}
