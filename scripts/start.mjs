// `npm start`: set up what is missing, then run the kernel runner and the gateway until told to stop.
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { needDisk } from './lib/host.mjs'
import { takeLock } from './lib/lock.mjs'
import { at, NODE, ROOT } from './lib/paths.mjs'
import { StepError } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { SETTLED, supervise } from './lib/supervise.mjs'
import { missingSandbox, setup } from './setup.mjs'

const READY_DEADLINE = 60_000
const STATE_MIB = 512
const LOG_ROTATE = 10 * 2 ** 20
const HELP = `npm start            set up what is missing, then serve http://localhost:4000

  PORT               the shell's port (4000); notebooks' frames use the next one
  SCRYDON_HOME       where state lives (.scrydon)
  SCRYDON_EXAMPLES   the folder whose notebooks seed a new workspace (examples/notebooks)
  SCRYDON_LOG        "stdout" prints the logs; otherwise they go to SCRYDON_HOME/logs
  SCRYDON_SETTLED    seconds after which a program that ends is started again at once, whatever it did before (30)
  PYTHON             the Python that builds the environment

  npm start -- --insecure-shared-kernels   let several people in although kernels are not isolated`

function settings() {
  const port = Number(process.env.PORT ?? 4000)
  if (!Number.isInteger(port) || port < 1 || port > 65534)
    throw new StepError(`PORT must be a number from 1 to 65534, not "${process.env.PORT}".`)
  const settled = Number(process.env.SCRYDON_SETTLED ?? SETTLED)
  if (!(settled >= 0)) throw new StepError(`SCRYDON_SETTLED must be a number of seconds, not "${process.env.SCRYDON_SETTLED}".`)
  const flags = process.argv.slice(2)
  const unknown = flags.find((flag) => !['--insecure-shared-kernels', '--help'].includes(flag))
  if (unknown !== undefined) throw new StepError(`Unknown option ${unknown}.\n\n${HELP}`)
  return {
    port,
    settled,
    home: resolve(ROOT, process.env.SCRYDON_HOME ?? '.scrydon'),
    examples: resolve(ROOT, process.env.SCRYDON_EXAMPLES ?? 'examples/notebooks'),
    insecure: flags.includes('--insecure-shared-kernels'),
    help: flags.includes('--help'),
  }
}

function portIsFree(port) {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, 'localhost', () => probe.close(() => done(true)))
  })
}

async function needPorts(port) {
  for (const [number, what] of [
    [port, 'the shell'],
    [port + 1, "the notebooks' frames"],
  ])
    if (!(await portIsFree(number)))
      throw new StepError(
        `Port ${number} (for ${what}) is in use. Stop what uses it, or choose another pair: PORT=4100 npm start`,
      )
}

function openLog(home, name) {
  if (process.env.SCRYDON_LOG === 'stdout') return 'inherit'
  const folder = join(home, 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${name}.log`)
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_ROTATE) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}

function environment({ port, home, examples, insecure }) {
  const env = { ...process.env, PORT: String(port), SCRYDON_HOME: home, SCRYDON_EXAMPLES: examples }
  return insecure ? { ...env, SCRYDON_INSECURE_SHARED_KERNELS: '1' } : env
}

/** Polls /healthz until the gateway answers and has heard from the runner. */
async function health(port, stopped) {
  const deadline = Date.now() + READY_DEADLINE
  let last = null
  while (Date.now() < deadline && !stopped()) {
    last = await fetch(`http://localhost:${port}/healthz`, { signal: AbortSignal.timeout(2000) })
      .then((answer) => answer.json())
      .catch(() => last)
    if (last?.isolation) return last
    await wait(100)
  }
  return last
}

function lastLines(home, name) {
  try {
    return readFileSync(join(home, 'logs', `${name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-5)
      .join('\n')
  } catch {
    return ''
  }
}

function announce({ port, home, insecure }, state) {
  const { isolation, versions } = state
  console.log(`\nScrydon Notebooks ${versions.scrydon} is at http://localhost:${port}`)
  console.log(`  marimo ${versions.marimo}, Python ${versions.python}, Node ${versions.node}; state in ${home}`)
  console.log(`  isolation level ${isolation.level} of 3${isolation.level === 3 ? ', proven at start' : ''}`)
  for (const why of isolation.why) console.log(`    ${why}`)
  const hint = missingSandbox()
  if (hint !== null && isolation.level < 2) console.log(`    ${hint}`)
  if (isolation.level < 2)
    console.log(
      insecure ? '  ! several people may sign in although their kernels are not isolated' : '  one person at a time may sign in',
    )
  console.log('  Ctrl+C stops it.')
}

async function main() {
  const config = settings()
  if (config.help) return console.log(HELP)
  await setup()
  const lock = await takeLock(config.home)
  process.on('exit', lock.release)
  needDisk(config.home, STATE_MIB, 'The state folder')
  await needPorts(config.port)

  let stopping = false
  const stop = async (code) => {
    if (stopping) return
    stopping = true
    await supervisor.stop()
    process.exit(code)
  }
  const programs = [
    { name: 'runner', args: [NODE, at('kernel-runner/main.ts')] },
    { name: 'gateway', args: [NODE, at('server/main.ts')] },
  ]
  const spawnOptions = ({ name }) => {
    const log = openLog(config.home, name)
    if (typeof log === 'number') setImmediate(() => closeSync(log))
    return { cwd: ROOT, env: environment(config), stdio: ['ignore', log, log] }
  }
  const hooks = {
    started: lock.record,
    said: (sentence) => console.error(sentence),
    gaveUp(name) {
      console.error(`The ${name} cannot run as configured:\n${lastLines(config.home, name)}`)
      void stop(78)
    },
  }
  const supervisor = supervise(programs, spawnOptions, hooks, config.settled)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0))

  const state = await health(config.port, () => stopping)
  if (stopping) return
  if (state?.isolation) return announce(config, state)
  const silent = state === null ? 'gateway' : 'runner'
  console.error(
    `The ${silent} did not become ready within ${READY_DEADLINE / 1000} s. Its last words:\n${lastLines(config.home, silent)}`,
  )
  await stop(1)
}

await main().catch(fail)
