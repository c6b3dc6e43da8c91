// What belongs to no living thing: after a killing, processes, mounts, control groups, folders and sockets of kernels that are
// gone; after a stop, all of them. A line for each, or nothing.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from './client.ts'
import { alive, commandOf, descendants, parentOf, type Stack } from './stack.ts'

const GROUPS = '/sys/fs/cgroup'
const DEPTH = 3 // where a container puts us: controller / its own group / ours

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // gone, or not ours to read
  }
}
const list = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
const folders = (folder: string): string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  } catch {
    return []
  }
}

const fieldsOf = (pid: number): string[] => read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
/** When a process began, by which its pid is told from a later one. */
const startOf = (pid: number): string => fieldsOf(pid)[19] ?? ''
const isZombie = (pid: number): boolean => fieldsOf(pid)[0] === 'Z'

export type Living = {
  readonly pids: ReadonlyMap<number, string>
  readonly kernels: number
  readonly groups: number
}

/** All that belongs to a running stack: every process below it, and how many kernels have a folder, and groups there are. */
export function living(stack: Stack): Living {
  const pids = new Map(descendants(stack.root).map(({ pid }) => [pid, startOf(pid)]))
  stack.pid('runner')
  return { pids, groups: groupsOf(stack.runners).length, kernels: list(join(stack.home, 'kernels')).length }
}

/** The groups of these runners, by whatever way the machine mounts them. */
function groupsOf(runners: ReadonlySet<number>, folder = GROUPS, depth = DEPTH): { path: string; runner: number }[] {
  return folders(folder).flatMap((name) => {
    const runner = Number(/^scrydon-(\d+)-/.exec(name)?.[1] ?? 0)
    if (runners.has(runner)) return [{ path: join(folder, name), runner }]
    return depth > 0 && !name.startsWith('scrydon-') ? groupsOf(runners, join(folder, name), depth - 1) : []
  })
}

/** Processes with the stack's folder in their environment, command or mounts, wherever they hang by now. */
function belonging(home: string): number[] {
  const pids = list('/proc').filter((name) => /^\d+$/.test(name))
  const marked = (pid: string) => ['environ', 'cmdline', 'mountinfo'].some((file) => read(`/proc/${pid}/${file}`).includes(home))
  return pids.filter(marked).map(Number)
}

/** Those that are in the sandbox of a kernel. */
export function processesOf(kernel: string): number[] {
  const pids = list('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => read(`/proc/${pid}/mountinfo`).includes(`/kernels/${kernel}/`)).map(Number)
}

function socketsOf(home: string): string[] {
  const paths = read('/proc/net/unix')
    .split('\n')
    .map((line) => line.split(' ').at(-1) ?? '')
  return paths.filter((path) => path.startsWith(home))
}

function left({ home, runners }: Stack, { pids }: Living): string[] {
  return [
    ...[...pids].filter(([pid, start]) => alive(pid) && startOf(pid) === start).map(([pid]) => `process ${pid}`),
    ...belonging(home).map((pid) => `process ${pid}: ${commandOf(pid)}`),
    ...socketsOf(home).map((path) => `socket ${path}`),
    ...groupsOf(runners).map(({ path }) => `group ${path}`),
    ...list(join(home, 'kernels')).map((name) => `folder ${name}`),
  ]
}

/** In a running stack: what hangs nowhere, or belongs to a kernel or a runner that is gone. */
function strays(stack: Stack, kernels: ReadonlySet<string>): string[] {
  const { home, root, runners } = stack
  const runner = stack.pid('runner')
  const below = descendants(root)
  const hanging = new Set([root, ...below.map(({ pid }) => pid)])
  const kernelIn = (text: string) => /\/kernels\/(k_[\w-]+)/.exec(text)?.[1] ?? null
  const isGone = (text: string) => kernelIn(text) !== null && !kernels.has(kernelIn(text) ?? '')
  const ours = belonging(home).map((pid) => ({ pid, mounts: read(`/proc/${pid}/mountinfo`) }))
  // A kernel outlives the zygote that forked it: it hangs nowhere then, yet it is in its sandbox's mounts.
  const isInKernel = (mounts: string) => kernels.has(kernelIn(mounts) ?? '')
  const zygotes = below.filter(({ pid, command }) => command.includes('launcher/main.py') && parentOf(pid) === runner)
  const sockets = socketsOf(home)
  const groups = groupsOf(runners)
  const current = groups.filter((group) => group.runner === runner)
  return [
    ...ours
      .filter(({ pid, mounts }) => !hanging.has(pid) && !isInKernel(mounts))
      .map(({ pid }) => `process ${pid} of nobody: ${commandOf(pid)}`),
    ...below.filter(({ pid }) => isZombie(pid)).map(({ pid }) => `process ${pid} is not reaped`),
    ...ours.filter(({ mounts }) => isGone(mounts)).map(({ pid }) => `a mount of a gone kernel, in process ${pid}`),
    ...zygotes.slice(1).map(({ pid }) => `another zygote, ${pid}`),
    ...sockets.filter(isGone).map((path) => `socket ${path}`),
    ...sockets
      .filter((path) => /zygote-(\d+)-/.test(path) && !path.includes(`zygote-${runner}-`))
      .map((path) => `socket ${path}`),
    ...groups.filter((group) => group.runner !== runner).map(({ path }) => `group ${path}`),
    ...current.flatMap(({ path }) =>
      folders(path)
        .filter((name) => name.startsWith('k_') && !kernels.has(name))
        .map((name) => `group ${join(path, name)}`),
    ),
    ...list(join(home, 'kernels'))
      .filter((name) => !kernels.has(name))
      .map((name) => `folder ${name}`),
  ]
}

/** What does not go within `ms`, the cleaning up of a kernel and of the next instance included. */
async function lasting(look: () => string[] | Promise<string[]>, ms: number): Promise<string[]> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found.length === 0 || Date.now() > deadline) return found
    await wait(100)
  }
}

export function leftovers(stack: Stack, before: Living, ms = 5000): Promise<string[]> {
  return lasting(() => left(stack, before), ms)
}

/** In a running stack in which only these people have kernels. A kernel that starts meanwhile is no stray. */
export function orphans(stack: Stack, people: readonly Client[], ms = 10_000): Promise<string[]> {
  return lasting(async () => strays(stack, await kernelsOf(people)), ms)
}

async function kernelsOf(people: readonly Client[]): Promise<Set<string>> {
  const kernels = await Promise.all(people.map((person) => person.call('GET /api/kernels')))
  return new Set(kernels.flat().flatMap(({ kernel, phase }) => (phase.phase === 'exited' ? [] : [kernel])))
}
