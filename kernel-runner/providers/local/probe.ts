// The level of isolation, measured at each start: two throw-away kernels are forked as all others will be, and one tries
// to reach the other (python/launcher/probe.py). A level is claimed only when nothing was reached and every property
// holds; else it falls, and `why` says in words what is missing and what to install or allow.
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod/mini'
import { connectPinned } from './pin.ts'
import { buildHolder, type Holder, type SandboxBase, SandboxError } from './sandbox.ts'
import type { StartRequest, Zygote } from './zygote.ts'

const ANSWER_DEADLINE = 20_000 // ms; a level that falls because the machine is busy stays down until the next start
const END_DEADLINE = 5000
const MEGABYTE = 1 << 20
const LONGEST = MEGABYTE // characters of an answer
const LIMITS = { memory: 1 << 30, processes: 32, files: 256, scratch: MEGABYTE, output: MEGABYTE, threads: 1 } as const

export type Level = 0 | 1 | 2 | 3
export type Isolation = { readonly level: Level; readonly why: readonly string[] }
export type ProbeOptions = {
  readonly base: SandboxBase | null // null: there is no bubblewrap
  readonly zygote: Pick<Zygote, 'start'>
  readonly folder: string // private to the runner
  readonly state: readonly string[] // folders and sockets of the service, the tables' engine among them: no kernel may open one
  readonly uids: readonly [number, number] // two of the runner's range; unused when rootless
}

const Facts = z.object({
  uid: z.int(),
  capabilities: z.number(),
  no_new_privs: z.boolean(),
  seccomp: z.boolean(),
  new_user_namespace: z.boolean(),
})
const Has = z.record(z.string(), z.unknown())
const Answer = z.object({ leaks: z.array(z.string()), facts: z.nullable(Facts) })
export type Report = z.infer<typeof Answer> & { readonly rootMapped: boolean }

export const WORDS = {
  platform: 'Sandboxes need Linux: on this system kernels run with the rights of whoever started them (on Windows, use WSL).',
  bubblewrap: 'bubblewrap is not installed: install the package "bubblewrap" (as root: apt-get install bubblewrap).',
  apparmor:
    'AppArmor refuses user namespaces to bubblewrap: load its profile "bwrap-userns-restrict" (package apparmor-profiles), then start again.',
  sysctl:
    'User namespaces are switched off on this machine (sysctl user.max_user_namespaces or kernel.unprivileged_userns_clone).',
  container:
    'This machine or container lets nobody here make namespaces: start it with the right to, or run the service as root.',
  rootless:
    'The runner is not root: all kernels share its uid, kept apart by namespaces only. As root each kernel has a uid of its own.',
} as const

/** What a report proves. Pure: tested as a table. */
export function judge(report: Report, sandboxed: boolean, rootless: boolean): Isolation {
  const facts = report.facts
  const held: [boolean, string][] = [
    [facts?.no_new_privs === true, 'no_new_privs is not set'],
    [facts?.seccomp === true, 'the seccomp filter is not active'],
    [facts?.new_user_namespace === false, 'a kernel can make user namespaces'],
  ]
  const inside: [boolean, string][] = [
    ...held,
    [facts?.capabilities === 0, 'a kernel has capabilities'],
    [!report.rootMapped, 'host root is in the uid map of a kernel'],
    ...report.leaks.map((leak): [boolean, string] => [false, `a kernel reached another one or the host: ${leak}`]),
  ]
  const missing = (list: typeof held) => list.filter(([right]) => !right).map(([, words]) => words)
  if (sandboxed && missing(inside).length === 0) return rootless ? { level: 2, why: [WORDS.rootless] } : { level: 3, why: [] }
  return { level: missing(held).length === 0 ? 1 : 0, why: sandboxed ? missing(inside) : [] }
}

const setting = (path: string) => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}

/** Why bubblewrap could not build a sandbox. */
export function refusal(message: string, read: (path: string) => string | null = setting): string {
  if (/ENOENT/.test(message)) return WORDS.bubblewrap
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1') return WORDS.apparmor
  const off = [read('/proc/sys/user/max_user_namespaces'), read('/proc/sys/kernel/unprivileged_userns_clone')].includes('0')
  if (off) return WORDS.sysctl
  if (/namespace|uid map|not permitted|RTM_NEWADDR/i.test(message)) return WORDS.container
  return `bubblewrap failed: ${message.split('\n')[0]}`
}

export function findBubblewrap(): string | null {
  const found = spawnSync('/bin/sh', ['-c', 'command -v bwrap'], { encoding: 'utf8', timeout: ANSWER_DEADLINE })
  return found.status === 0 ? found.stdout.trim() : null
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Sends one line (or nothing) to a kernel's socket and answers its line. The connection is closed by `release`. */
function converse(path: string, line: unknown): { answer: Promise<unknown>; release(): void } {
  const socket = connectPinned(path)
  if (socket === null) throw new SandboxError('probe', 'it has no socket')
  const answer = new Promise<unknown>((resolve, reject) => {
    let text = ''
    const fail = (message: string) => reject(new SandboxError('probe', message))
    const late = setTimeout(() => socket.destroy(new Error('it did not answer in time')), ANSWER_DEADLINE)
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.length > LONGEST) socket.destroy(new Error('it said too much'))
      else if (text.endsWith('\n')) resolve(decoded(text))
    })
    socket.once('error', (error) => fail(error.message)).once('close', () => fail('it ended without an answer'))
    socket.once('close', () => clearTimeout(late))
    if (line !== null) socket.write(`${JSON.stringify(line)}\n`)
  })
  return { answer, release: () => socket.destroy() }
}

type Probe = { readonly pid: number; readonly socket: string; readonly home: string }

/** Starts one throw-away kernel. */
async function launch(options: ProbeOptions, role: 'victim' | 'attacker', holder: Holder | null, uid: number): Promise<Probe> {
  const folder = join(options.folder, `probe-${role}`)
  const home = holder === null ? join(folder, 'home') : '/home/me'
  const request: StartRequest & { probe: string } = {
    id: `probe-${role}`,
    mode: 'run',
    autorun: false,
    theme: 'light',
    holder: holder?.pid ?? null,
    uid: options.base === null || options.base.rootless ? null : uid,
    socket: join(folder, 'socket'),
    home,
    notebook: '',
    cgroups: [],
    limits: LIMITS,
    log: null,
    probe: role,
  }
  const started = await options.zygote.start(request)
  if (started.type === 'failed') throw new SandboxError(started.step, started.message)
  return { pid: started.pid, socket: request.socket, home: join(folder, 'home') }
}

function makeHome(options: ProbeOptions, role: string, uid: number): string {
  const home = join(options.folder, `probe-${role}`, 'home')
  rmSync(join(options.folder, `probe-${role}`), { recursive: true, force: true })
  mkdirSync(home, { recursive: true, mode: 0o700 })
  if (options.base !== null && !options.base.rootless) chownSync(home, uid, uid)
  return home
}

function sandboxFor(options: ProbeOptions, role: string, uid: number): Promise<Holder> | null {
  const home = makeHome(options, role, uid)
  if (options.base === null) return null
  return buildHolder(
    options.base,
    { id: `probe-${role}`, home, files: null, sockets: null, uid, tmp: MEGABYTE, shm: MEGABYTE },
    ANSWER_DEADLINE,
  )
}

async function attack(options: ProbeOptions, holders: readonly (Holder | null)[]): Promise<Report> {
  const [victim, attacker] = await Promise.all([
    launch(options, 'victim', holders[0] ?? null, options.uids[0]),
    launch(options, 'attacker', holders[1] ?? null, options.uids[1]),
  ])
  const target = converse(victim.socket, null)
  try {
    const has = understood(Has, await target.answer)
    const order = {
      ...has,
      pid: victim.pid,
      host_file: join(victim.home, 'private', 'secret'),
      socket: victim.socket,
      state: options.state,
    }
    const assault = converse(attacker.socket, order)
    const rootMapped = mapsRoot(victim.pid) || mapsRoot(attacker.pid)
    return { ...understood(Answer, await assault.answer.finally(assault.release)), rootMapped }
  } finally {
    target.release()
  }
}

function understood<T extends z.ZodMiniType>(shape: T, answer: unknown): z.infer<T> {
  const read = shape.safeParse(answer)
  if (!read.success) throw new SandboxError('probe', 'its answer was not understood')
  return read.data
}

/** From outside: inside a sandbox the numbers are relative to a namespace in between. */
function mapsRoot(pid: number): boolean {
  const map = readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim().split('\n')
  return map.some((line) => line.trim().split(/\s+/)[1] === '0')
}

/** Builds both, lets one attack the other, removes both. */
export async function report(options: ProbeOptions): Promise<Report> {
  const holders: Holder[] = []
  try {
    const own = options.base?.rootless === true ? (process.getuid?.() ?? 0) : null
    for (const [at, role] of (['victim', 'attacker'] as const).entries()) {
      const holder = await sandboxFor(options, role, own ?? options.uids[at as 0 | 1])
      if (holder !== null) holders.push(holder)
    }
    return await attack(options, holders)
  } finally {
    for (const holder of holders) holder.kill()
    await Promise.race([Promise.all(holders.map((holder) => holder.exited)), wait(END_DEADLINE, undefined, { ref: false })])
    for (const role of ['victim', 'attacker']) rmSync(join(options.folder, `probe-${role}`), { recursive: true, force: true })
  }
}

async function measure(options: ProbeOptions): Promise<Isolation> {
  return judge(await report(options), options.base !== null, options.base?.rootless ?? true)
}

/** Without a sandbox: what the processes themselves prove, and why there is no more. */
async function unsandboxed(options: ProbeOptions, why: string): Promise<Isolation> {
  const plain = await measure({ ...options, base: null }).catch((): Isolation => ({ level: 0, why: [] }))
  return { level: plain.level, why: [why, ...plain.why] }
}

export async function probe(options: ProbeOptions): Promise<Isolation> {
  if (process.platform !== 'linux') return { level: 0, why: [WORDS.platform] }
  if (options.base === null) return await unsandboxed(options, WORDS.bubblewrap)
  try {
    return await measure(options)
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    const why =
      error.step === 'sandbox' ? refusal(error.message) : `A kernel could not be confined (${error.step}): ${error.message}`
    return await unsandboxed(options, why)
  }
}
