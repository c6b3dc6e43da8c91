// What /proc says of processes: when one began (its id alone may have been given to another since), and what a tree of
// them uses where no control group counts it.
import fs from 'node:fs'

const PAGE = 4096
const TICK = 10 // ms: USER_HZ is 100 on every Linux
const TREE = 1024 // processes looked at

/** Fields of /proc/<pid>/stat from the third on: the second may hold spaces and parentheses. */
function stat(pid: number): string[] {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** Ticks since the boot; empty when there is no such process, or only its number is left for who waits for it. */
export function processStart(pid: number): string {
  const fields = stat(pid)
  return fields[0] === 'Z' ? '' : (fields[19] ?? '')
}

/** At once, and with it a group where the number is negative; one that has gone already is no error. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    return // gone already
  }
}

/** These processes and all below them. */
export function treePids(roots: readonly number[]): readonly number[] {
  const seen = new Set<number>()
  const waiting = [...roots]
  for (let pid = waiting.pop(); pid !== undefined && seen.size < TREE; pid = waiting.pop()) {
    if (seen.has(pid)) continue
    seen.add(pid)
    waiting.push(...children(pid))
  }
  return [...seen]
}

export function treeUsage(roots: readonly number[]): { memory: number; cpu: number } {
  let memory = 0
  let cpu = 0
  for (const fields of treePids(roots).map(stat)) {
    cpu += (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK
    memory += Number(fields[21] ?? 0) * PAGE
  }
  return { memory, cpu }
}

function children(pid: number): number[] {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
