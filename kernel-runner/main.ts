// The kernel runner's process: reads the environment, takes the lock on the state folder, listens, and ends with all its
// kernels. The only file here that reads the environment.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as z from 'zod/mini'
import { systemClock } from './clock.ts'
import { checkLength, InUse, lockHome, Misconfigured } from './instance.ts'
import { createLog } from './log.ts'
import './memory.ts'
import { LocalProvider } from './providers/local/provider.ts'
import { startRunner } from './runner.ts'

const REPOSITORY = path.dirname(import.meta.dirname)
const CONFIGURATION = 78 // exit code of sysexits: starting again will not help
const STOP_DEADLINE = 15_000 // ms

const Environment = z.object({
  SCRYDON_HOME: z._default(z.string().check(z.minLength(1)), '.scrydon'),
  SCRYDON_RUNNER: z.optional(z.string().check(z.minLength(1))),
  SCRYDON_PYTHON: z._default(z.string(), path.join(REPOSITORY, '.venv', 'bin', 'python')),
  SCRYDON_LEARNED: z._default(z.string(), path.join(REPOSITORY, '.venv', 'learned.json')),
  SCRYDON_INSECURE_SHARED_KERNELS: z._default(z.enum(['0', '1']), '0'),
  LOG_LEVEL: z._default(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info'),
})

const read = Environment.safeParse(process.env)
const env = read.success ? read.data : null
const root = path.resolve(env?.SCRYDON_HOME ?? '.scrydon')
const socket = path.resolve(env?.SCRYDON_RUNNER ?? path.join(root, 'run', 'runner.sock'))
const log = createLog(env?.LOG_LEVEL ?? 'info')

process.on('uncaughtException', (error) => {
  log.error({ err: error }, 'uncaught') // what failed and where: messages quote values
  process.exit(1)
})

async function main(): Promise<void> {
  if (env === null) throw new Misconfigured(`${read.error?.issues[0]?.path.join('.')} has a value that it cannot have.`)
  checkLength(socket)
  process.umask(0o022) // what a sandbox shows must be readable to its uid; what is private says so itself
  fs.mkdirSync(root, { recursive: true, mode: 0o700 })
  const release = await lockHome(root)
  const provider = new LocalProvider({
    root,
    python: env.SCRYDON_PYTHON,
    launcher: path.join(REPOSITORY, 'python', 'launcher'),
    changed: path.join(path.dirname(path.dirname(env.SCRYDON_PYTHON)), 'changed'),
    learned: env.SCRYDON_LEARNED,
    log,
  })
  const shared = env.SCRYDON_INSECURE_SHARED_KERNELS === '1'
  const host = () => ({ available: Math.min(os.freemem(), provider.memoryLeft()), shared })
  const runner = await startRunner({ provider, socket, log, clock: systemClock, host })

  let stopping = false
  const stop = async (why: string) => {
    if (stopping) return
    stopping = true
    log.info({ why }, 'stopping')
    setTimeout(() => process.exit(1), STOP_DEADLINE).unref()
    await runner.stop()
    release()
    process.exit(0)
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => void stop(name))
}

await main().catch((error: unknown) => {
  log.error({ err: error }, error instanceof InUse ? 'in-use' : 'start')
  process.stderr.write(`${words(error)}\n`)
  process.exit(error instanceof Misconfigured ? CONFIGURATION : 1)
})

function words(error: unknown): string {
  if (error instanceof InUse) return `Another kernel runner uses ${root}. Stop it, or set SCRYDON_HOME to another folder.`
  return `The kernel runner could not start: ${error instanceof Error ? error.message : String(error)}`
}
