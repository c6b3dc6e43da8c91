// The kernel runner's process: reads the environment, takes the lock on the state folder, listens, and ends with all its
// kernels. The only file here that reads the environment.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { systemClock } from './clock.ts'
import { InUse, lockHome } from './instance.ts'
import { createLog } from './log.ts'
import './memory.ts'
import { LocalProvider } from './providers/local.ts'
import { startRunner } from './runner.ts'

const REPOSITORY = path.dirname(import.meta.dirname)
const CONFIGURATION = 78 // exit code of sysexits: starting again will not help
const STOP_DEADLINE = 15_000 // ms

const { env } = process
const root = path.resolve(env.SCRYDON_HOME ?? '.scrydon')
const socket = path.resolve(env.SCRYDON_RUNNER ?? path.join(root, 'run', 'runner.sock'))
const log = createLog(env.LOG_LEVEL ?? 'info')

process.on('uncaughtException', (error) => {
  log.error({ err: error }, 'uncaught') // what failed and where: messages quote values
  process.exit(1)
})

async function main(): Promise<void> {
  process.umask(0o022) // what a sandbox shows must be readable to its uid; what is private says so itself
  fs.mkdirSync(root, { recursive: true, mode: 0o700 })
  const release = await lockHome(root)
  const provider = new LocalProvider({
    root,
    python: env.SCRYDON_PYTHON ?? path.join(REPOSITORY, '.venv', 'bin', 'python'),
    launcher: path.join(REPOSITORY, 'python', 'launcher'),
    learned: env.SCRYDON_LEARNED ?? path.join(REPOSITORY, '.venv', 'learned.json'),
    log,
  })
  const shared = env.SCRYDON_INSECURE_SHARED_KERNELS === '1'
  const host = () => ({ available: os.freemem(), shared })
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
  process.exit(error instanceof InUse ? CONFIGURATION : 1)
})

function words(error: unknown): string {
  if (error instanceof InUse) return `Another kernel runner uses ${root}. Stop it, or set SCRYDON_HOME to another folder.`
  return `The kernel runner could not start: ${error instanceof Error ? error.message : String(error)}`
}
