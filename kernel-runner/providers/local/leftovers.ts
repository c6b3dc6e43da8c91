// What a killed instance leaves beside kernels: control groups, which outlive the process that made them and are noted for the
// next instance, and bubblewraps that had just begun.
import fs from 'node:fs'
import path from 'node:path'
import { endProcess } from './processes.ts'

const NOTE = 'cgroups'

/** Removes what killed instances left: groups without processes. One that is still in use stays noted for the next time. */
export function replaceGroups(run: string, roots: readonly string[]): void {
  const note = path.join(run, NOTE)
  const before = fs.existsSync(note) ? fs.readFileSync(note, 'utf8').split('\n').filter(Boolean) : []
  const kept = before.filter((root) => {
    for (const name of list(root)) remove(path.join(root, name))
    remove(root)
    return fs.existsSync(root)
  })
  fs.writeFileSync(note, [...kept, ...roots].join('\n'), { mode: 0o600 })
}

/**
 * Ends the sandboxes whose building was cut short: for a moment after its birth the inner process waits for a parent that may be
 * gone. `sandboxes`: the folder that all sandboxes of this state are built from.
 */
export function endBegun(sandboxes: string): void {
  const mark = path.join(sandboxes, 'etc', 'hosts') // each shows it
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [program = '', ...given] = argumentsOf(pid)
    if (path.basename(program) === 'bwrap' && given.includes(mark)) endProcess(Number(pid)) // not whoever looks at the file
  }
}

/** Empty: it has gone, or may not be looked at. */
function argumentsOf(pid: string): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
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
