// One instance per state folder. The lock names its holder and the holder's children by pid and start time, so a lock
// left by a killed instance is recognised, and what that instance left running is ended before a new one starts.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { onState } from './disk.mjs'
import { exists } from './paths.mjs'
import { Misconfigured } from './run.mjs'

const GRACE = 5000

/** When a process started, or null when there is none: a pid alone may have been given to somebody else since. */
export function startedAt(pid) {
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
  const path = join(home, 'instance.lock')
  onState(home, () => mkdirSync(home, { recursive: true, mode: 0o700 }))
  const found = onState(home, () => look(path))
  if (found.state === 'held')
    throw new Misconfigured(
      `Another instance (process ${found.pid}) uses ${home}. Stop it first, or give this one its own state: SCRYDON_HOME=/other/folder npm start`,
    )
  onState(home, () => (found.state === 'free' ? place(path, home) : write(path, found.children)))
  if (found.state === 'left') await end(found.children)
  if (!isOurs(path)) throw startingElsewhere(home) // of two that found it left, the one that wrote last
  return {
    /** Called whenever a child starts. A full disk must not end what runs: then a crash may leave a child behind. */
    record(programs) {
      const children = programs.map(({ name, pid }) => ({ name, pid, started: startedAt(pid) }))
      try {
        write(path, children)
      } catch (error) {
        console.error(`${path} could not be written: ${error.message}`)
      }
    },
    release: () => isOurs(path) && rmSync(path, { force: true }),
  }
}

const startingElsewhere = (home) => new Misconfigured(`Another instance is starting on ${home}.`)

/** free | held by a living instance | left by one that was killed, with those of its children that still run. */
function look(path) {
  const text = exists(path) ? readFileSync(path, 'utf8') : null
  if (text === null) return { state: 'free' }
  try {
    const { holder, children } = JSON.parse(text)
    return lives(holder) ? { state: 'held', pid: holder.pid } : { state: 'left', children: children.filter(lives) }
  } catch {
    return { state: 'left', children: [] } // writing is atomic, so only a power cut leaves half a lock
  }
}

function isOurs(path) {
  const { state, pid } = look(path)
  return state === 'held' && pid === process.pid
}

function draft(path, children) {
  const name = `${path}.${process.pid}`
  writeFileSync(name, JSON.stringify({ holder: self(), children }), { mode: 0o600 })
  return name
}

const write = (path, children) => renameSync(draft(path, children), path)

/** link() fails where a lock already stands: of two that start at once, one gets it. */
function place(path, home) {
  const name = draft(path, [])
  try {
    linkSync(name, path)
  } catch (error) {
    throw error.code === 'EEXIST' ? startingElsewhere(home) : error
  } finally {
    rmSync(name, { force: true })
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
