// A kernel's folder on the host: kernels/<id>/ is the runner's (0700), kernels/<id>/home the kernel's own and all it sees
// of it. Everything is written before the kernel exists, into a folder made just now, without following a link; nothing
// is opened there afterwards but to measure and to wipe.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { endProcess, processStart } from './processes.ts'

export const NOTEBOOK = 'notebook.py'

export type Home = {
  readonly folder: string // the runner's
  readonly home: string // the kernel's
  readonly socket: string
  readonly log: string // of its start
  readonly files: string // the notebook's uploads, or where they are not for this kernel nothing: bound read-only
  readonly sockets: string // the runner's and the data plane's, for this kernel alone: bound read-only
}

export type HomeOptions = {
  readonly root: string // SCRYDON_HOME
  readonly id: string
  readonly notebook: string
  readonly source: Uint8Array
  readonly layout: string | undefined
  readonly uid: number | null
  readonly enclosed: boolean // in a sandbox, which binds the notebook's files; else a link shows them
  readonly shown: boolean // are they for this kernel?
}

const END = 5000 // ms for a process that was killed
const LAYOUT = /layout_file\s*=\s*["'](layouts\/[\w-][\w.-]{0,150}\.json)["']/
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants

export function kernelsFolder(root: string): string {
  return path.join(root, 'kernels')
}

export const socketsFolder = (root: string, id: string): string => path.join(kernelsFolder(root), id, 'sockets')

export function makeHome({ root, id, notebook, source, layout, uid, enclosed, shown }: HomeOptions): Home {
  const folder = path.join(kernelsFolder(root), id)
  const home = path.join(folder, 'home')
  const files = shown ? path.join(root, 'uploads', notebook) : path.join(folder, 'none')
  const sockets = socketsFolder(root, id)
  fs.mkdirSync(kernelsFolder(root), { recursive: true, mode: 0o700 })
  fs.mkdirSync(folder, { mode: 0o700 })
  fs.mkdirSync(files, { recursive: true, mode: 0o755 })
  fs.mkdirSync(sockets, { mode: 0o755 })
  makeFolder(home, uid)
  if (enclosed) makeFolder(path.join(home, 'files'), uid)
  else fs.symlinkSync(files, path.join(home, 'files'))
  write(path.join(home, NOTEBOOK), source, uid)
  if (layout !== undefined) {
    const name = LAYOUT.exec(Buffer.from(source).toString())?.[1] ?? 'layouts/notebook.grid.json'
    makeFolder(path.join(home, 'layouts'), uid)
    write(path.join(home, name), Buffer.from(layout), uid)
  }
  return { folder, home, files, sockets, socket: path.join(folder, 'k.sock'), log: path.join(folder, 'log') }
}

/** The type of what ended a server before it listened, out of its start's log: never its words, which may hold data. */
export function exceptionIn(log: string): string | null {
  const text = textOf(log).slice(-8192).trimEnd()
  return /^([A-Za-z_][\w.]{0,80})(?::|$)/.exec(text.slice(text.lastIndexOf('\n') + 1))?.[1] ?? null
}

/** Empty: there is none, or its home is being wiped at this moment. */
function textOf(log: string): string {
  try {
    return fs.readFileSync(log, 'utf8')
  } catch {
    return ''
  }
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

/**
 * What an earlier instance left: its sandboxes die with it, this makes sure, and wipes the folders. A folder whose
 * processes are not seen to be gone is kept for the next time: nothing is wiped under somebody's hands.
 */
export async function wipeLeftovers(root: string): Promise<{ readonly wiped: number; readonly kept: number }> {
  const parent = kernelsFolder(root)
  const folders = fs.existsSync(parent) ? fs.readdirSync(parent).map((name) => path.join(parent, name)) : []
  const gone = await Promise.all(folders.map((folder) => endHolder(path.join(folder, 'holder'))))
  const free = folders.filter((_, at) => gone[at])
  await Promise.all(free.map(wipe))
  return { wiped: free.length, kept: folders.length - free.length }
}

/** By rm, which goes below each folder by its descriptor: it follows no link, and no name or depth is too odd for it. */
export async function wipe(folder: string): Promise<void> {
  await promisify(execFile)('rm', ['-rf', '--', folder])
}

/** Whether the process that kept a sandbox is gone, and so all that was in it. */
async function endHolder(note: string): Promise<boolean> {
  const [pid = '', start = ''] = fs.existsSync(note) ? fs.readFileSync(note, 'utf8').split(' ') : []
  if (start === '') return true
  const deadline = performance.now() + END
  for (let waited = false; processStart(Number(pid)) === start; waited = true) {
    if (!waited) endProcess(Number(pid))
    if (performance.now() > deadline) return false
    await wait(20)
  }
  return true
}
