// A sandbox is a set of namespaces that bubblewrap builds and one tiny process keeps: the holder, pid 1 of the sandbox. The
// zygote's children enter it (python/launcher/confine.py). Killing the holder ends every process inside; bubblewrap's
// die-with-parent kills it when the runner goes. The holder is `sleep` with SIGCHLD ignored, so the kernel reaps orphans
// for it; without capabilities, without descriptors, under the kernels' seccomp filter, and from a copy that nobody may
// read: executing such a file makes a process non-dumpable, so that a kernel of the same uid cannot write its memory.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'

const BUILD_DEADLINE = 5000 // ms
const CLOSE_ON_EXEC = 0o2000000
const HOLDER = 'scrydon-holder' // at most 15 characters: it is looked for in /proc/<pid>/comm
const INSIDE = `/${HOLDER}`
const MASKED = [
  'acpi',
  'kcore',
  'keys',
  'key-users',
  'kmsg',
  'kpagecount',
  'kpageflags',
  'latency_stats',
  'sched_debug',
  'scsi',
  'sysrq-trigger',
  'timer_list',
]
const SYSTEM = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'] // links into /usr on every current distribution
const ETC = ['/etc/ld.so.cache', '/etc/alternatives', '/etc/fonts', '/etc/localtime']

/** What all sandboxes of one runner share. */
export type SandboxBase = {
  readonly bwrap: string
  readonly folder: string // private to the runner, mode 0700
  readonly filter: string // file with the seccomp program
  readonly holder: string // the unreadable copy of sleep
  readonly python: readonly string[] // the environment and the interpreter's own prefix
  readonly rootless: boolean
  readonly inherited: readonly number[] // descriptors that a holder must close
}

export type SandboxOptions = {
  readonly id: string
  readonly home: string // becomes /home/me
  readonly files: string | null // becomes /home/me/files, read-only
  readonly sockets: string | null // becomes /run/scrydon, read-only
  readonly uid: number
  readonly tmp: number // bytes of memory that /tmp may take
  readonly shm: number
}

export type Holder = {
  readonly pid: number // pid 1 of the sandbox, as the host sees it
  readonly exited: Promise<void>
  kill(): void
}

export class SandboxError extends Error {
  readonly step: string
  constructor(step: string, message: string) {
    super(message)
    this.step = step
  }
}

/** Puts what sandboxes share into `folder`. `program` is the output of `main.py --print-seccomp`. */
export function prepareSandboxes(folder: string, bwrap: string, program: Uint8Array, python: readonly string[]): SandboxBase {
  mkdirSync(join(folder, 'etc'), { recursive: true, mode: 0o700 })
  const filter = join(folder, 'seccomp.bpf')
  writeFileSync(filter, program, { mode: 0o600 })
  const holder = join(folder, HOLDER)
  rmSync(holder, { force: true })
  copyFileSync('/usr/bin/sleep', holder)
  chmodSync(holder, 0o111)
  const common = {
    hosts: '127.0.0.1 localhost notebook\n::1 localhost\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  }
  for (const [name, text] of Object.entries(common)) {
    const file = join(folder, 'etc', name)
    writeFileSync(file, text)
    chmodSync(file, 0o444) // read by every kernel's uid, whatever the umask
  }
  return { bwrap, folder, filter, holder, python, rootless: process.geteuid?.() !== 0, inherited: inheritable() }
}

function* parents(path: string): Iterable<string> {
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) yield folder
}

const under = (path: string, root: string) => path === root || path.startsWith(`${root}/`)

function system(): string[] {
  const mounts = ['--ro-bind', '/usr', '/usr']
  for (const path of SYSTEM.filter((path) => existsSync(path))) {
    mounts.push(...(lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]))
  }
  return mounts
}

/** bubblewrap makes missing parents 0700, which only its own uid could pass. */
function folders(paths: readonly string[]): string[] {
  const needed = new Set(paths.flatMap((path) => [...parents(path)].reverse()).filter((path) => !under(path, '/usr')))
  return ['/etc', '/home', '/run', ...needed].flatMap((path) => ['--perms', '0755', '--dir', path])
}

function etc(base: SandboxBase, options: SandboxOptions): string[] {
  const own = join(base.folder, 'etc', options.id)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'passwd'), `root:x:0:0::/:/bin/false\nme:x:${options.uid}:${options.uid}::/home/me:/bin/sh\n`)
  writeFileSync(join(own, 'group'), `root:x:0:\nme:x:${options.uid}:\n`)
  const shown = [
    ...['hosts', 'nsswitch.conf'].map((name) => [join(base.folder, 'etc', name), `/etc/${name}`]),
    ...['passwd', 'group'].map((name) => [join(own, name), `/etc/${name}`]),
    ...ETC.filter((path) => existsSync(path)).map((path) => [path, path]),
  ]
  return shown.flatMap(([from, to]) => ['--ro-bind', from ?? '', to ?? ''])
}

function masks(): string[] {
  const shown = MASKED.map((name) => `/proc/${name}`).filter((path) => existsSync(path))
  return shown.flatMap((path) => (lstatSync(path).isDirectory() ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path]))
}

function tmpfs(path: string, bytes: number): string[] {
  return ['--perms', '1777', '--size', String(bytes), '--tmpfs', path]
}

/** Descriptors that we were given without close-on-exec: whatever started us left them, and every child gets them. */
function inheritable(): number[] {
  const foreign = (fd: string) => Number(fd) > 2 && (parseInt(field(`/proc/self/fdinfo/${fd}`, 'flags'), 8) & CLOSE_ON_EXEC) === 0
  return readdirSync('/proc/self/fd').filter(foreign).map(Number)
}

function field(path: string, name: string): string {
  try {
    return new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(path, 'utf8'))?.[1] ?? '0'
  } catch {
    return `0${CLOSE_ON_EXEC.toString(8)}` // closed meanwhile
  }
}

/**
 * Says that it stands, waits for the runner's word, and becomes the holder, with every descriptor closed. bubblewrap binds it
 * to its parent only at the end: a runner that was killed before that leaves nothing that waits. dash knows descriptors of
 * one digit only.
 */
function hold(inherited: readonly number[]): string[] {
  const shell = inherited.some((fd) => fd > 9) && existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh'
  const closing = [0, 1, 2, ...inherited].map((fd) => `${fd}>&-`).join(' ')
  return [shell, '-c', `echo && read -r _ && exec /usr/bin/env --ignore-signal=CHLD ${INSIDE} infinity ${closing}`]
}

export function bwrapArguments(base: SandboxBase, options: SandboxOptions, fds: { info: number; filter: number }): string[] {
  const python = base.python.filter((path) => !under(path, '/usr'))
  return [
    ...(base.rootless ? ['--unshare-user', '--uid', String(options.uid), '--gid', String(options.uid)] : []),
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--as-pid-1', '--die-with-parent', '--new-session', '--clearenv', '--cap-drop', 'ALL', '--hostname', 'notebook'],
    ...system(),
    ...['--proc', '/proc', ...masks(), '--dev', '/dev'],
    ...tmpfs('/dev/shm', options.shm),
    ...tmpfs('/tmp', options.tmp),
    ...folders(python),
    ...etc(base, options),
    ...python.flatMap((path) => ['--ro-bind', path, path]),
    ...['--ro-bind', base.holder, INSIDE, '--bind', options.home, '/home/me'],
    ...(options.files === null ? [] : ['--ro-bind', options.files, '/home/me/files']),
    ...(options.sockets === null ? [] : ['--ro-bind', options.sockets, '/run/scrydon']),
    ...['--remount-ro', '/', '--chdir', '/', '--seccomp', String(fds.filter), '--info-fd', String(fds.info), '--'],
    ...hold(base.inherited),
  ]
}

function readAll(stream: Readable, bound: number): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, bound)
      if (text.trimEnd().endsWith('}')) resolve(text)
    })
    stream.on('close', () => resolve(text))
  })
}

function comm(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

/** bubblewrap says the pid before it mounts: all is done once pid 1 runs the holder. */
async function settled(pid: number, child: ChildProcess, deadline: number): Promise<boolean> {
  while (comm(pid) !== HOLDER) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) return false
    await wait(1)
  }
  return true
}

export async function buildHolder(base: SandboxBase, options: SandboxOptions, within = BUILD_DEADLINE): Promise<Holder> {
  const deadline = performance.now() + within
  const filter = openSync(base.filter, 'r')
  const child = spawn(base.bwrap, bwrapArguments(base, options, { info: 3, filter: 4 }), {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', filter],
    env: {},
  })
  closeSync(filter)
  child.stdin?.on('error', () => undefined) // nobody reads any more
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ended = new Promise<string>((resolve) =>
    child.once('exit', () => resolve('')).once('error', ({ message }) => resolve(message)),
  )
  const late = wait(within, '', { ref: false })
  const complaint = readAll(child.stderr as Readable, 4096)
  const stands = new Promise((resolve) => child.stdout?.once('data', resolve))
  const info = await Promise.race([readAll(child.stdio[3] as Readable, 4096), ended, late])
  const pid = Number(/"child-pid":\s*(\d+)/.exec(info)?.[1] ?? 0)
  await Promise.race([stands, ended, late])
  if (child.exitCode === null && child.signalCode === null) child.stdin?.write('\n')
  child.stdin?.end()
  if (pid === 0 || !(await settled(pid, child, deadline))) {
    child.kill('SIGKILL')
    const why = pid === 0 && !info.includes('{') && info !== '' ? info : await Promise.race([complaint, wait(500, '')])
    throw new SandboxError('sandbox', why.trim() || 'bubblewrap built no sandbox in time')
  }
  for (const stream of [child.stdout, child.stderr]) stream?.destroy()
  return {
    pid,
    exited: exited.then(() => rmSync(join(base.folder, 'etc', options.id), { recursive: true, force: true })),
    kill: () => kill(child, pid),
  }
}

/** The monitor's death kills pid 1 by itself; pid 1 first, so that all is gone when the monitor is. */
function kill(child: ChildProcess, pid: number): void {
  if (child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
