// One instance per state folder. The lock names its holder and the holder's children by pid and start time, so a lock
// left by a killed instance is recognised, and what that instance left running is ended before a new one starts.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ask, Misconfigured } from './run.mjs'

const GRACE = 5000

/** When a process started, or null when there is none: a pid alone may have been given to somebody else since. */
export function startedAt(pid) {
  if (process.platform !== 'linux') return ask('ps', ['-o', 'lstart=', '-p', String(pid)]) || null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? null : fields[18]
  } catch {
    return null
  }
}

const self = () => ({ pid: process.pid, started: startedAt(process.pid) })
const lives = ({ pid, started }) => started !== null && startedAt(pid) === started

export async function takeLock(home) {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const path = join(home, 'instance.lock')
  const held = readHolder(path)
  if (held !== null && lives(held.holder))
    throw new Misconfigured(
      `Another instance (process ${held.holder.pid}) uses ${home}. Stop it first, or give this one its own state: SCRYDON_HOME=/other/folder npm start`,
    )
  if (held !== null) {
    await end(held.children.filter(lives))
    rmSync(path, { force: true })
  }
  place(path, { holder: self(), children: [] }, home)
  return {
    /** Called whenever a child starts. */
    record(programs) {
      const children = programs.map(({ name, pid }) => ({ name, pid, started: startedAt(pid) }))
      write(path, { holder: self(), children })
    },
    release: () => rmSync(path, { force: true }),
  }
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

function write(path, value) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600 })
  renameSync(draft, path)
}

/** link() fails where the lock already stands: of two that start at once, one gets it. */
function place(path, value, home) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600 })
  try {
    linkSync(draft, path)
  } catch {
    throw new Misconfigured(`Another instance is starting on ${home}.`)
  } finally {
    rmSync(draft, { force: true })
  }
}

export async function end(processes) {
  for (const { pid } of processes) signal(pid, 'SIGTERM')
  const deadline = Date.now() + GRACE
  while (processes.some(lives) && Date.now() < deadline) await wait(100)
  for (const left of processes) if (lives(left)) signal(left.pid, 'SIGKILL')
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch {
    // it has ended meanwhile
  }
}
