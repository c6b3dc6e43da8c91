// Keeps a set of programs running: one that ends is started again, later each time; all are stopped together, by pid.
import { spawn } from 'node:child_process'
import { CONFIGURATION } from './run.mjs'

const FIRST_DELAY = 500
const LONGEST_DELAY = 30_000
export const SETTLED = 30 // seconds: running this long forgets earlier failures
const GRACE = 10_000

/** programs: { name, args }[]; hooks: started({ name, pid }[]), heard(name, message), said(sentence), gaveUp(name); settled: seconds. */
export function supervise(programs, spawnOptions, hooks, settled = SETTLED) {
  const running = new Map()
  const timers = new Set()
  let stopping = false

  function start(program, delay) {
    const child = spawn(program.args[0], program.args.slice(1), { detached: true, ...spawnOptions(program) })
    const born = Date.now()
    running.set(program.name, child)
    hooks.started([...running].flatMap(([name, { pid }]) => (pid === undefined ? [] : [{ name, pid }])))
    child.on('message', (message) => hooks.heard(program.name, message))
    child.on('error', (error) => hooks.said(`${program.name} could not be started: ${error.message}`))
    child.on('close', (code, signal) => ended(program, delay, { code, signal, lived: Date.now() - born }))
  }

  function ended(program, delay, { code, signal, lived }) {
    running.delete(program.name)
    if (stopping) return
    if (code === CONFIGURATION) return hooks.gaveUp(program.name)
    const next = lived > settled * 1000 ? FIRST_DELAY : delay
    hooks.said(`The ${program.name} ended (${signal ?? `code ${code}`}); starting it again in ${next / 1000} s.`)
    const timer = setTimeout(() => {
      timers.delete(timer)
      start(program, Math.min(next * 2, LONGEST_DELAY))
    }, next)
    timers.add(timer)
  }

  /** In reverse order of the list, each by its own pid. */
  async function stop() {
    stopping = true
    for (const timer of timers) clearTimeout(timer)
    for (const { name } of [...programs].reverse()) await stopOne(running.get(name))
  }

  for (const program of programs) start(program, FIRST_DELAY)
  return { stop }
}

function stopOne(child) {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  return new Promise((done) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), GRACE)
    child.once('close', () => {
      clearTimeout(hard)
      done()
    })
    child.kill('SIGTERM')
  })
}
