// For tests: a whole gateway on a free port over a state folder of its own, and a client that signs in as browsers do.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clock } from './clock.ts'
import { readConfig } from './config.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { demoIdentity } from './identity/demo.ts'
import { Uploads } from './inference/uploads.ts'
import { memoryKernels } from './kernels/testing/memory.ts'
import type { Served } from './llm/llm.ts'
import { makeLog } from './log.ts'
import { openAiEmbedder } from './models/embeddings.ts'
import { onnxInference } from './scorers/onnx.ts'
import { PYTHON } from './scorers/testing/models.ts'
import type { Identity } from './seams/identity.ts'
import type { Kernels, LiveKernels } from './seams/kernels.ts'
import { openStore } from './store/sqlite.ts'

export type TestGateway = Gateway & { readonly home: string; readonly origin: string; readonly log: string[] }

type Wanted = {
  readonly home?: string
  readonly kernels?: Kernels
  readonly live?: LiveKernels
  readonly identity?: Identity
  readonly llm?: Served
  readonly now?: () => number
  readonly free?: () => number
  readonly env?: Record<string, string>
}

export async function testGateway({ home, kernels, live, identity, llm, now, free, env }: Wanted = {}): Promise<TestGateway> {
  const folder = home ?? mkdtempSync(join(tmpdir(), 'scrydon-gateway-'))
  mkdirSync(join(folder, 'examples'), { recursive: true })
  const paths = {
    SCRYDON_HOME: folder,
    SCRYDON_EXAMPLES: join(folder, 'examples'),
    SCRYDON_LIBRARY: join(folder, 'library'),
    SCRYDON_DIST: join(folder, 'dist'),
  }
  const configured = readConfig({ PORT: '0', ...paths, ...env })
  if (!configured.ok) throw new Error(configured.message)
  const { config } = configured
  const log: string[] = []
  const limits = { now: now ?? Date.now, free: free ?? (() => Number.POSITIVE_INFINITY) }
  const scorer = onnxInference({ folder: join(folder, 'models'), python: PYTHON, clock })
  const gateway = await startGateway(config, {
    identity: identity ?? demoIdentity(config.benchAccounts),
    store: openStore(folder),
    kernels: live ?? kernels ?? memoryKernels(Date.now),
    live: live ?? null,
    plane: null,
    llm: llm ?? null,
    inference: null,
    uploads: new Uploads({ home: folder, scorer, ...limits }),
    embedder: config.embeddings && openAiEmbedder({ ...config.embeddings, clock }),
    log: makeLog('debug', { write: (line) => void log.push(line) }),
    ...limits,
    giveUp: (message) => log.push(message),
    content: null,
  })
  return { ...gateway, home: folder, origin: gateway.where.origin, log }
}

export async function stopGateway(gateway: TestGateway): Promise<void> {
  await gateway.close()
  rmSync(gateway.home, { recursive: true, force: true })
}

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown }
export type Client = { readonly bearer: string; readonly cookie: string; call(route: string, body?: unknown): Promise<Answer> }

export async function send(origin: string, route: string, init: RequestInit = {}): Promise<Answer> {
  const [method, path] = route.split(' ') as [string, string]
  const response = await fetch(`${origin}${path}`, { method, redirect: 'manual', ...init })
  const text = await response.text()
  const json = response.headers.get('content-type')?.startsWith('application/json')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}

const JSON_TYPE = { 'content-type': 'application/json' }

export async function signIn({ origin }: TestGateway, account: string): Promise<Client> {
  const body = JSON.stringify({ account: `p_${account}` })
  const signed = await send(origin, 'POST /api/sign-in', { headers: { origin, ...JSON_TYPE }, body })
  const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const minted = await send(origin, 'POST /api/bearer', { headers: { origin, cookie, 'x-scrydon': '1' } })
  const { bearer } = minted.body as { bearer: string }
  const authorization = `Bearer ${bearer}`
  const call = (route: string, given?: unknown) =>
    send(origin, route, {
      headers: { authorization, ...(given === undefined ? {} : JSON_TYPE) },
      ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    })
  return { bearer, cookie, call }
}
