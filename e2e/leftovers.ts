// What a stack leaves on the machine once it has stopped: nothing, or a line for each thing that is still there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { alive, descendants, type Stack } from './stack.ts'

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

/** When a process began, by which its pid is told from a later one. */
const startOf = (pid: number): string => read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[19] ?? ''

export type Living = {
  readonly pids: ReadonlyMap<number, string>
  readonly runner: number
  readonly kernels: number
  readonly groups: number
}

/** All that belongs to a running stack: every process below it, and how many kernels have a folder, and groups there are. */
export function living(stack: Stack): Living {
  const pids = new Map(descendants(stack.root).map(({ pid }) => [pid, startOf(pid)]))
  const runner = stack.pid('runner')
  const groups = existsSync(GROUPS) ? groupsOf(runner).length : 0
  return { pids, runner, groups, kernels: list(join(stack.home, 'kernels')).length }
}

function groupsOf(runner: number, folder = GROUPS, depth = DEPTH): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      if (name.startsWith(`scrydon-${runner}-`)) return [join(folder, name)]
      return depth > 0 && !name.startsWith('scrydon-') ? groupsOf(runner, join(folder, name), depth - 1) : []
    })
}

function left({ home }: Stack, { pids, runner }: Living): string[] {
  const processes = [...pids].filter(([pid, start]) => alive(pid) && startOf(pid) === start).map(([pid]) => `process ${pid}`)
  const mounts = list('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/mountinfo`).includes(home))
    .map((pid) => `a mount, in process ${pid}`)
  const sockets = read('/proc/net/unix')
    .split('\n')
    .filter((line) => line.includes(home))
    .map((line) => `socket ${line.split(' ').at(-1)}`)
  const groups = existsSync(GROUPS) ? groupsOf(runner).map((group) => `group ${group}`) : []
  const folders = list(join(home, 'kernels')).map((name) => `folder ${name}`)
  return [...processes, ...mounts, ...sockets, ...groups, ...folders]
}

/** After a stop: what does not go within `ms`, the kernel's own cleaning up included. */
export async function leftovers(stack: Stack, before: Living, ms = 5000): Promise<string[]> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = left(stack, before)
    if (found.length === 0 || Date.now() > deadline) return found
    await wait(100)
  }
}
