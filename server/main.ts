// The gateway's composition root: reads the environment, picks the implementations, runs until it is told to stop.
import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { clock } from './clock.ts'
import { readConfig } from './config.ts'
import { dataPlane } from './data/plane.ts'
import { startGateway } from './gateway.ts'
import { demoIdentity } from './identity/demo.ts'
import { Uploads } from './inference/uploads.ts'
import { runnerKernels } from './kernels/runner.ts'
import { lastWords, makeLog } from './log.ts'
import './memory.ts'
import { openAiEmbedder } from './models/embeddings.ts'
import { openAiModels } from './models/openai.ts'
import { oipInference } from './scorers/oip.ts'
import { onnxInference } from './scorers/onnx.ts'
import { openStore } from './store/sqlite.ts'
import { contentSite } from './web/content.ts'
import type { Where } from './web/where.ts'

const CANNOT_RUN = 78 // EX_CONFIG: starting again would not help
const STOP_DEADLINE = 5000 // ms

const configured = readConfig(process.env)
if (!configured.ok) giveUp(configured.message)
const { config } = configured
process.umask(0o022)
const log = makeLog(config.logLevel)
lastWords(log)

const kernels = runnerKernels({ socket: config.runner, clock, log })
const plane = dataPlane({ socket: config.data, clock, log })
const scorer = onnxInference({ folder: join(config.home, 'models'), python: config.python, clock })
const gateway = await startGateway(config, {
  identity: demoIdentity(config.benchAccounts),
  store: openState(),
  kernels,
  live: kernels,
  plane,
  llm: config.cortex && { ...config.cortex, models: openAiModels({ ...config.cortex, clock }) },
  inference: config.inference ? oipInference({ ...config.inference, clock }) : scorer,
  uploads: new Uploads({ home: config.home, scorer, free: freeBytes, now: Date.now }),
  embedder: config.embeddings && openAiEmbedder({ ...config.embeddings, clock }),
  log,
  now: Date.now,
  giveUp,
  free: freeBytes,
  content: frames(),
}).catch((error: NodeJS.ErrnoException) => giveUp(listening(error)))
process.send?.({ seeded: gateway.seeded }) // npm start says it
log.info({ origin: gateway.where.origin, home: config.home }, 'listening')

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))

async function stop(signal: string): Promise<void> {
  if (stopping) return
  stopping = true
  log.info({ signal }, 'stopping')
  setTimeout(() => process.exit(1), STOP_DEADLINE).unref()
  await gateway.close()
  process.exit(0)
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(config.home)
  return bavail * bsize
}

function openState() {
  try {
    return openStore(config.home)
  } catch (error) {
    giveUp(error instanceof Error ? error.message : String(error))
  }
}

function frames() {
  const dist = join(config.dist, 'frame')
  if (existsSync(join(dist, 'page.html'))) {
    return (where: Where) => contentSite({ frames: where.frames, shell: where.origin, portal: config.portal, dist })
  }
  log.error({ dist }, 'notebook frames are not built: npm run build')
  return null
}

function listening(error: NodeJS.ErrnoException): string {
  const { port } = error as { port?: number }
  if (error.code === 'EADDRINUSE') return `Port ${port ?? config.port} is in use. Stop what uses it, or set PORT to another one.`
  return `The gateway could not start: ${error.message}`
}

function giveUp(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(CANNOT_RUN)
}
