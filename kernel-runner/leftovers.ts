// Control groups outlive the process that made them. Where this instance made its own is noted, so that the next one
// can remove them if this one is killed.
import fs from 'node:fs'
import path from 'node:path'
import type { Cgroups } from './cgroup.ts'

const NOTE = 'cgroups'
const NAME = 'note'
const TINY = { memory: 64 * 1024 * 1024, processes: 1, cpuShare: 1 } as const

/** The folders of a runner's groups, seen at one made for the purpose. */
export function noteGroups(run: string, cgroups: Cgroups): void {
  const group = cgroups.create(NAME, TINY)
  const roots = group.procs.map((procs) => path.dirname(path.dirname(procs)))
  void group.remove()
  fs.writeFileSync(path.join(run, NOTE), roots.join('\n'), { mode: 0o600 })
}

/** Removes what a killed instance left: groups without processes. One that is still in use stays, and is empty soon. */
export function forgetGroups(run: string): void {
  const note = path.join(run, NOTE)
  const roots = fs.existsSync(note) ? fs.readFileSync(note, 'utf8').split('\n').filter(Boolean) : []
  for (const root of roots) {
    for (const name of list(root)) remove(path.join(root, name))
    remove(root)
  }
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  } catch {
    return []
  }
}

function remove(folder: string): void {
  try {
    fs.rmdirSync(folder)
  } catch {
    return
  }
}
