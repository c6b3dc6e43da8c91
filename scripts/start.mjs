// `npm start`: set up what is missing, then run the data plane, the kernel runner and the gateway until told to stop.
import { closeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { announcement } from './lib/announce.mjs'
import { needDisk, onState } from './lib/disk.mjs'
import { needLinux } from './lib/host.mjs'
import { takeLock } from './lib/lock.mjs'
import { lastLines, openLog, rotate } from './lib/logs.mjs'
import { at, isFolder, NODE, PYTHON, ROOT } from './lib/paths.mjs'
import { needPorts } from './lib/ports.mjs'
import { CONFIGURATION, Misconfigured } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { SETTLED, supervise } from './lib/supervise.mjs'
import { told } from './lib/told.mjs'
import { setup } from './setup.mjs'

const READY_DEADLINE = 60_000
const STATE_MIB = 512
const ROTATION = 60_000 // between looks at the size of the logs
const HELP = `npm start            set up what is missing, then serve http://localhost:4000

  PORT               the shell's port (4000); notebooks' frames use the next one
  CONTENT_PORT       the frames' port, if not the next one
  HOST               the loopback address to listen on (localhost)
  SCRYDON_HOME       where state lives (.scrydon)
  SCRYDON_EXAMPLES   the folder whose notebooks seed a new workspace (examples/notebooks)
  SCRYDON_LIBRARY    the folder whose documents seed a new workspace's library (examples/library)
  SCRYDON_PYTHON     the Python that kernels run in and PDFs are read with (.venv/bin/python)
  SCRYDON_LOG        "stdout" prints the logs; otherwise they go to SCRYDON_HOME/logs
  SCRYDON_TABLES     the PostgreSQL that has the managed tables, as postgresql://… (DuckDB files under SCRYDON_HOME)
  SCRYDON_TABLES_OWNER  how to sign in there as the role that owns the tables; without it notebooks only read them
  LOG_LEVEL          trace, debug, info (the default), warn, error, fatal or silent
  SCRYDON_ORIGIN     the origin people open (http://localhost:PORT)
  SCRYDON_FRAMES     the origin of notebooks' frames, of another site, with one * for a host each (http://*.nb.localhost:CONTENT_PORT);
                     without a * they share one host and are sandboxed without an origin (http://127.0.0.1:CONTENT_PORT)
  SCRYDON_PORTAL     origins that may embed the shell, separated by spaces
  SCRYDON_MODELS     the folder whose ONNX models a new workspace starts with (examples/models)
  CORTEX_URL         an OpenAI-compatible endpoint of language models for notebooks, such as https://models.example/v1
  CORTEX_KEY         its key; only the gateway is given it
  CORTEX_MODELS      which models there are, as JSON or a file of it: {"default": {"model": "NAME", "level": "internal"}}
  CORTEX_TOKENS      how many tokens of models a person may take in a day (1000000)
  INFERENCE_URL      a server of the Open Inference Protocol, version 2, in place of the workspace's own ONNX models
  INFERENCE_KEY      its key; only the gateway is given it
  INFERENCE_MODELS   which of its models there are, as JSON or a file of it (docs/operations.md, Deployed models)
  EMBEDDINGS_URL     an OpenAI-compatible endpoint of embeddings, by which the library is searched by meaning, too
  EMBEDDINGS_KEY     its key; only the gateway is given it
  EMBEDDINGS_MODEL   the model that it is asked for
  EMBEDDINGS_LEVEL   the highest level of what it may be sent, passages and questions: public, internal, confidential, secret
  EMBEDDINGS_MARKINGS  the markings of what it may be sent, separated by commas (none)
  SCRYDON_SETTLED    seconds after which a program that ends is started again at once, whatever it did before (30)
  PYTHON             the Python that builds the environment

  npm start -- --insecure-shared-kernels   let several people in although kernels are not isolated`

function portOf(name, value) {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65534)
    throw new Misconfigured(`${name} must be a number from 1 to 65534, not "${value}".`)
  return port
}

function settings() {
  const { PORT, CONTENT_PORT, HOST, SCRYDON_HOME, SCRYDON_EXAMPLES, SCRYDON_MODELS, SCRYDON_SETTLED } = process.env
  const settled = Number(SCRYDON_SETTLED || SETTLED)
  if (!(settled >= 0)) throw new Misconfigured(`SCRYDON_SETTLED must be a number of seconds, not "${SCRYDON_SETTLED}".`)
  for (const name of ['SCRYDON_TABLES', 'SCRYDON_TABLES_OWNER'])
    if (process.env[name] && !/^postgres(ql)?:\/\//.test(process.env[name]))
      throw new Misconfigured(`${name} must be a postgresql:// address.`) // not shown: it may hold a password
  const flags = process.argv.slice(2)
  const unknown = flags.find((flag) => !['--insecure-shared-kernels', '--help'].includes(flag))
  if (unknown !== undefined) throw new Misconfigured(`Unknown option ${unknown}.\n\n${HELP}`)
  const port = portOf('PORT', PORT || 4000)
  return {
    port,
    contentPort: CONTENT_PORT ? portOf('CONTENT_PORT', CONTENT_PORT) : port + 1,
    host: HOST || 'localhost',
    home: resolve(ROOT, SCRYDON_HOME || '.scrydon'),
    examples: folder('SCRYDON_EXAMPLES', resolve(ROOT, SCRYDON_EXAMPLES || 'examples/notebooks')),
    models: folder('SCRYDON_MODELS', resolve(ROOT, SCRYDON_MODELS || 'examples/models')),
    settled,
    insecure: flags.includes('--insecure-shared-kernels'),
    help: flags.includes('--help'),
  }
}

function folder(variable, path) {
  if (isFolder(path)) return path
  throw new Misconfigured(`${variable} names ${path}, which is not a folder.`)
}

function environment(name, { port, home, examples, models, insecure }) {
  const folders = { SCRYDON_HOME: home, SCRYDON_EXAMPLES: examples, SCRYDON_MODELS: models }
  const env = { ...told(name, process.env), PORT: String(port), ...folders }
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

const dataPlane = (home) => [
  at('python/dataplane/main.py'),
  ...['--socket', join(home, 'run/data.sock'), '--tables', join(home, 'tables'), '--artefacts', join(home, 'artefacts')],
  ...['--seeds', at('examples/tables')],
]
const programs = ({ home }) => [
  { name: 'data-plane', args: [PYTHON, ...dataPlane(home)] },
  { name: 'runner', args: [NODE, at('kernel-runner/main.ts')] },
  { name: 'gateway', args: [NODE, at('server/main.ts')] },
]
/** What a program is given: the data plane ends when its input does, and speaks over no channel. */
const stdioOf = (name, log) => (name === 'data-plane' ? ['pipe', 'ignore', log] : ['ignore', log, log, 'ipc'])

const spawnOptions =
  (config) =>
  ({ name }) => {
    const log = openLog(config.home, name)
    if (typeof log === 'number') setImmediate(() => closeSync(log))
    return { cwd: ROOT, env: environment(name, config), stdio: stdioOf(name, log) }
  }

async function main() {
  const config = settings()
  if (config.help) return console.log(HELP)
  needLinux()
  onState(config.home, () => needDisk(config.home, STATE_MIB, 'The state folder'))
  const lock = await takeLock(config.home) // before the set-up: nothing is exchanged under a running instance
  process.on('exit', lock.release)
  await needPorts(config)
  if ((await setup()) === 0) console.log('Nothing to set up.')

  let seeded = null
  let stopping = false
  const stop = async (code) => {
    if (stopping) return
    stopping = true
    await supervisor.stop()
    process.exit(code)
  }
  const hooks = {
    started: lock.record,
    heard: (_, message) => {
      seeded = message.seeded ?? seeded
    },
    said: (sentence) => console.error(sentence),
    gaveUp(name) {
      console.error(`The ${name} cannot run as configured:\n${lastLines(config.home, name)}`)
      void stop(CONFIGURATION)
    },
  }
  const running = programs(config)
  const supervisor = supervise(running, spawnOptions(config), hooks, config.settled)
  setInterval(() => {
    for (const { name } of running) rotate(config.home, name)
  }, ROTATION).unref()
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
