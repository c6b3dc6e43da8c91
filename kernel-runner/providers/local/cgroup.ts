// A control group per kernel: memory (with swap), processes, CPU; how much it uses, whether memory ran out. Version 2 where its
// controllers are delegated to us, else version 1, else none: then rlimits alone hold, and usage is not known. All groups lie
// below the runner's own current one.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export type CgroupLimits = { readonly memory: number; readonly processes: number; readonly cpuShare: number }
/** cpu: milliseconds of one core since the start. */
export type CgroupUsage = { readonly memory: number; readonly cpu: number; readonly processes: number }

export interface Cgroup {
  readonly procs: readonly string[] // files that take the pid of a process to hold
  usage(): CgroupUsage | null
  /** Every process in it; null where there is no group. */
  pids(): readonly number[] | null
  oomKills(): number
  /** Removes the group once its processes are gone; waits for that up to a second. */
  remove(): Promise<boolean>
}

export type Cgroups = {
  readonly kind: 'v1' | 'v2' | 'none'
  readonly why: string | null // what is missing, in words; null when all limits hold
  readonly roots: readonly string[] // the folders all our groups lie in
  create(name: string, limits: CgroupLimits): Cgroup
  /** Bytes until our own group, in which all others lie, meets its limit; Infinity without one. */
  memoryLeft(): number
  remove(): Promise<void>
}

const CPU_PERIOD = 100_000 // µs
const REMOVE_TRIES = 100
const CONTROLLERS = ['memory', 'pids', 'cpu'] as const

const read = (path: string) => readFileSync(path, 'utf8').trim()
const number = (path: string) => Number(read(path))

/** The value of `key` in a file of `key value` lines. */
export function field(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

/** Bytes of memory that are not a cache of files. The two are read one after the other: what is dropped between counts less. */
export const inUse = (usage: number, files: number): number => Math.max(0, usage - files)

function attempt<T>(what: () => T, otherwise: T): T {
  try {
    return what()
  } catch {
    return otherwise
  }
}

async function removeFolder(path: string): Promise<boolean> {
  for (let tries = 0; tries < REMOVE_TRIES; tries++) {
    try {
      rmdirSync(path)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
      await wait(10)
    }
  }
  return false
}

async function removeFolders(paths: readonly string[]): Promise<boolean> {
  return (await Promise.all(paths.map(removeFolder))).every(Boolean)
}

/** /proc/self/cgroup: hierarchy's controllers ('' is version 2) -> our path in it. */
export function membership(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of text.trim().split('\n')) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    for (const controller of controllers.split(',')) found.set(controller, path)
  }
  return found
}

/** Where each controller is mounted ('' is version 2), from /proc/self/mountinfo. `root` is the part of the tree it shows. */
export function mounts(text: string): Map<string, { at: string; root: string }> {
  const found = new Map<string, { at: string; root: string }>()
  for (const line of text.trim().split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const [, , , root = '/', at = ''] = left.split(' ')
    const [type, , options = ''] = right.split(' ')
    if (type === 'cgroup2') found.set('', { at, root })
    if (type === 'cgroup') for (const option of options.split(',')) found.set(option, { at, root })
  }
  return found
}

function place(controller: string): string | null {
  const mount = mounts(read('/proc/self/mountinfo')).get(controller)
  const path = membership(read('/proc/self/cgroup')).get(controller)
  if (mount === undefined || path === undefined) return null
  const inside = path.startsWith(mount.root) ? path.slice(mount.root.length) : path
  const full = join(mount.at, mount.root === '/' ? path : inside)
  return existsSync(full) ? full : mount.at
}

/** Version 2 gives its controllers only to children of a group without processes: ours move into a leaf first. */
function delegate(own: string): string | null {
  const missing = CONTROLLERS.filter((name) => !read(join(own, 'cgroup.controllers')).split(' ').includes(name))
  if (missing.length > 0) return `the cgroup controllers ${missing.join(', ')} are not delegated`
  const enable = () => {
    writeFileSync(join(own, 'cgroup.subtree_control'), CONTROLLERS.map((name) => `+${name}`).join(' '))
    return true
  }
  if (attempt(enable, false)) return null
  const leaf = join(own, 'scrydon-self')
  mkdirSync(leaf, { recursive: true })
  for (const pid of read(join(own, 'cgroup.procs')).split('\n').filter(Boolean))
    attempt(() => writeFileSync(join(leaf, 'cgroup.procs'), pid), undefined)
  return attempt(enable, false) ? null : 'the cgroup controllers could not be enabled'
}

/** `max` of version 2 is no number: no limit. */
export function memoryLeftIn(group: string, limit: string, usage: string, cache: string): number {
  const bound = attempt(() => number(join(group, limit)), Number.NaN)
  if (Number.isNaN(bound)) return Number.POSITIVE_INFINITY
  return bound - inUse(number(join(group, usage)), field(read(join(group, 'memory.stat')), cache))
}

const pidsIn = (procs: string) => attempt(() => read(procs).split('\n').filter(Boolean).map(Number), [])

const rootName = (name: string) => `scrydon-${process.pid}-${name}`

function v2(own: string, name: string): Cgroups {
  const root = join(own, rootName(name))
  mkdirSync(root)
  writeFileSync(join(root, 'cgroup.subtree_control'), CONTROLLERS.map((controller) => `+${controller}`).join(' '))
  const create = (id: string, limits: CgroupLimits): Cgroup => {
    const at = join(root, id)
    mkdirSync(at)
    const set = (file: string, value: string | number) => writeFileSync(join(at, file), String(value))
    set('memory.max', limits.memory)
    attempt(() => set('memory.swap.max', 0), undefined)
    set('pids.max', limits.processes)
    set('cpu.max', `${Math.round(limits.cpuShare * CPU_PERIOD)} ${CPU_PERIOD}`)
    return {
      procs: [join(at, 'cgroup.procs')],
      usage: () =>
        attempt(
          () => ({
            memory: inUse(number(join(at, 'memory.current')), field(read(join(at, 'memory.stat')), 'inactive_file')),
            cpu: field(read(join(at, 'cpu.stat')), 'usage_usec') / 1000,
            processes: number(join(at, 'pids.current')),
          }),
          null,
        ),
      pids: () => pidsIn(join(at, 'cgroup.procs')),
      oomKills: () => attempt(() => field(read(join(at, 'memory.events')), 'oom_kill'), 0),
      remove: () => removeFolders([at]),
    }
  }
  const memoryLeft = () => memoryLeftIn(own, 'memory.max', 'memory.current', 'inactive_file')
  return { kind: 'v2', why: null, roots: [root], create, memoryLeft, remove: async () => void (await removeFolders([root])) }
}

function v1(places: Record<'memory' | 'pids' | 'cpu' | 'cpuacct', string>, name: string): Cgroups {
  const all = [...new Set(Object.values(places))]
  const roots = all.map((place) => join(place, rootName(name)))
  for (const root of roots) mkdirSync(root)
  const create = (id: string, limits: CgroupLimits): Cgroup => {
    const all = roots.map((root) => join(root, id))
    for (const folder of all) mkdirSync(folder)
    const file = (controller: keyof typeof places, name_: string) => join(places[controller], rootName(name), id, name_)
    writeFileSync(file('memory', 'memory.limit_in_bytes'), String(limits.memory))
    attempt(() => writeFileSync(file('memory', 'memory.memsw.limit_in_bytes'), String(limits.memory)), undefined)
    writeFileSync(file('pids', 'pids.max'), String(limits.processes))
    writeFileSync(file('cpu', 'cpu.cfs_period_us'), String(CPU_PERIOD))
    writeFileSync(file('cpu', 'cpu.cfs_quota_us'), String(Math.round(limits.cpuShare * CPU_PERIOD)))
    return {
      procs: all.map((folder) => join(folder, 'cgroup.procs')),
      usage: () =>
        attempt(
          () => ({
            memory: inUse(
              number(file('memory', 'memory.usage_in_bytes')),
              field(read(file('memory', 'memory.stat')), 'total_inactive_file'),
            ),
            cpu: number(file('cpuacct', 'cpuacct.usage')) / 1e6,
            processes: number(file('pids', 'pids.current')),
          }),
          null,
        ),
      pids: () => pidsIn(file('pids', 'cgroup.procs')),
      oomKills: () => attempt(() => field(read(file('memory', 'memory.oom_control')), 'oom_kill'), 0),
      remove: () => removeFolders(all),
    }
  }
  const memoryLeft = () => memoryLeftIn(places.memory, 'memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file')
  return { kind: 'v1', why: null, roots, create, memoryLeft, remove: async () => void (await removeFolders(roots)) }
}

const NOTHING: Cgroup = { procs: [], usage: () => null, pids: () => null, oomKills: () => 0, remove: async () => true }

function none(why: string): Cgroups {
  return {
    kind: 'none',
    why,
    roots: [],
    create: () => NOTHING,
    memoryLeft: () => Number.POSITIVE_INFINITY,
    remove: async () => undefined,
  }
}

/** Finds what this machine offers. `name` tells this runner's groups from another's. */
export function openCgroups(name: string): Cgroups {
  if (process.platform !== 'linux') return none('control groups are a Linux feature')
  try {
    const own = place('')
    const undelegated = own === null ? 'version 2 is not mounted' : delegate(own)
    if (own !== null && undelegated === null) return v2(own, name)
    const [memory, pids, cpu, cpuacct] = [place('memory'), place('pids'), place('cpu'), place('cpuacct')]
    if (memory !== null && pids !== null && cpu !== null && cpuacct !== null) return v1({ memory, pids, cpu, cpuacct }, name)
    return none(undelegated ?? 'no control groups are mounted')
  } catch (error) {
    return none(`control groups cannot be made: ${error instanceof Error ? error.message : String(error)}`)
  }
}
