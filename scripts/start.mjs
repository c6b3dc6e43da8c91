// `npm start`: set up what is missing, then run the kernel runner and the gateway until told to stop.
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { announcement } from './lib/announce.mjs'
import { needDisk, onState } from './lib/disk.mjs'
import { needLinux } from './lib/host.mjs'
import { takeLock } from './lib/lock.mjs'
import { at, isFolder, NODE, ROOT } from './lib/paths.mjs'
import { needPorts } from './lib/ports.mjs'
import { StepError } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { supervise } from './lib/supervise.mjs'
import { setup } from './setup.mjs'

const READY_DEADLINE = 60_000
const STATE_MIB = 512
const LOG_ROTATE = 10 * 2 ** 20
const HELP = `npm start            set up what is missing, then serve http://localhost:4000

  PORT               the shell's port (4000); notebooks' frames use the next one
  SCRYDON_HOME       where state lives (.scrydon)
  SCRYDON_EXAMPLES   the folder whose notebooks seed a new workspace (examples/notebooks)
  SCRYDON_LOG        "stdout" prints the logs; otherwise they go to SCRYDON_HOME/logs
  PYTHON             the Python that builds the environment

  npm start -- --insecure-shared-kernels   let several people in although kernels are not isolated`

function settings() {
  const { PORT, SCRYDON_HOME, SCRYDON_EXAMPLES } = process.env
  const flags = process.argv.slice(2)
  const unknown = flags.find((flag) => !['--insecure-shared-kernels', '--help'].includes(flag))
  if (unknown !== undefined) throw new StepError(`Unknown option ${unknown}.\n\n${HELP}`)
  const port = Number(PORT || 4000)
  if (!Number.isInteger(port) || port < 1 || port > 65534)
    throw new StepError(`PORT must be a number from 1 to 65534, not "${PORT}".`)
  return {
    port,
    home: resolve(ROOT, SCRYDON_HOME || '.scrydon'),
    examples: folder('SCRYDON_EXAMPLES', resolve(ROOT, SCRYDON_EXAMPLES || 'examples/notebooks')),
    insecure: flags.includes('--insecure-shared-kernels'),
    help: flags.includes('--help'),
  }
}

function folder(variable, path) {
  if (isFolder(path)) return path
  throw new StepError(`${variable} names ${path}, which is not a folder.`)
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

async function main() {
  const config = settings()
  if (config.help) return console.log(HELP)
  needLinux()
  onState(config.home, () => needDisk(config.home, STATE_MIB, 'The state folder'))
  const lock = await takeLock(config.home) // before the set-up: nothing is exchanged under a running instance
  process.on('exit', lock.release)
  await needPorts(config.port)
  if ((await setup()) === 0) console.log('Nothing to set up.')

  let seeded = null
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
    return { cwd: ROOT, env: environment(config), stdio: ['ignore', log, log, 'ipc'] }
  }
  const supervisor = supervise(programs, spawnOptions, {
    started: lock.record,
    heard: (_, message) => {
      seeded = message.seeded ?? seeded
    },
    said: (sentence) => console.error(sentence),
    gaveUp(name) {
      console.error(`The ${name} cannot run as configured:\n${lastLines(config.home, name)}`)
      void stop(78)
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0))

  const state = await health(config.port, () => stopping)
  if (stopping) return
  if (state?.isolation) return console.log(announcement(config, state, seeded).join('\n'))
  const silent = state === null ? 'gateway' : 'runner'
  console.error(
    `The ${silent} did not become ready within ${READY_DEADLINE / 1000} s. Its last words:\n${lastLines(config.home, silent)}`,
  )
  await stop(1)
}

await main().catch(fail)
