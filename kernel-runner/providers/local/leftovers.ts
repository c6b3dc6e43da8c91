// Control groups outlive the process that made them. Where this instance made its own is noted, so that the next one
// can remove them if this one is killed.
import fs from 'node:fs'
import path from 'node:path'

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
