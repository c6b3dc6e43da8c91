// The environment, read once by main.ts and checked here: a wrong value ends the start with one line that says which
// variable, what it holds and what it takes.
import { resolve } from 'node:path'
import * as z from 'zod/mini'
import { MODEL } from '#protocol/limits.ts'
import { type EmbeddingsSetting, readEmbeddings } from './knowledge/endpoint.ts'
import { type Cortex, readCortex } from './llm/routes.ts'
import type { Server } from './scorers/oip.ts'
import { readInference } from './scorers/routes.ts'
import { whereabouts } from './web/where.ts'

const Port = z.coerce.number().check(z.int(), z.gte(0), z.lte(65_534))
const Origin = z.string().check(z.regex(/^https?:\/\/[^/\s*]+$/))

const Environment = z.object({
  PORT: z._default(Port, 4000),
  CONTENT_PORT: z.optional(Port),
  HOST: z._default(z.string().check(z.minLength(1)), 'localhost'),
  SCRYDON_HOME: z._default(z.string().check(z.minLength(1)), '.scrydon'),
  SCRYDON_EXAMPLES: z._default(z.string().check(z.minLength(1)), 'examples/notebooks'),
  SCRYDON_LIBRARY: z._default(z.string().check(z.minLength(1)), 'examples/library'),
  SCRYDON_PYTHON: z._default(z.string().check(z.minLength(1)), '.venv/bin/python'),
  SCRYDON_DIST: z._default(z.string().check(z.minLength(1)), 'dist'),
  SCRYDON_ORIGIN: z.optional(Origin),
  SCRYDON_FRAMES: z.optional(z.string().check(z.regex(/^https?:\/\/(\*\.)?[^/\s*]+$/))),
  SCRYDON_PORTAL: z._default(z.string(), ''),
  SCRYDON_RUNNER: z.optional(z.string().check(z.minLength(1))),
  SCRYDON_DATA: z.optional(z.string().check(z.minLength(1))),
  CORTEX_URL: z.optional(z.string()),
  CORTEX_KEY: z.optional(z.string()),
  CORTEX_MODELS: z.optional(z.string()),
  CORTEX_TOKENS: z._default(z.coerce.number().check(z.int(), z.gte(0)), MODEL.perDay),
  SCRYDON_MODELS: z._default(z.string().check(z.minLength(1)), 'examples/models'),
  INFERENCE_URL: z.optional(z.string()),
  INFERENCE_KEY: z.optional(z.string()),
  INFERENCE_MODELS: z.optional(z.string()),
  EMBEDDINGS_URL: z.optional(z.string()),
  EMBEDDINGS_KEY: z.optional(z.string()),
  EMBEDDINGS_MODEL: z.optional(z.string()),
  EMBEDDINGS_LEVEL: z.optional(z.string()),
  EMBEDDINGS_MARKINGS: z.optional(z.string()),
  SCRYDON_BENCH_ACCOUNTS: z._default(z.coerce.number().check(z.int(), z.gte(0), z.lte(1000)), 0),
  SCRYDON_INSECURE_SHARED_KERNELS: z._default(z.enum(['0', '1']), '0'),
  LOG_LEVEL: z._default(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info'),
})

export const TAKES: Record<keyof z.infer<typeof Environment>, string> = {
  PORT: 'a port number (0 to 65534; 0 picks a free one)',
  CONTENT_PORT: 'a port number (default: PORT + 1)',
  HOST: 'the address to listen on (default: localhost)',
  SCRYDON_HOME: 'the folder of the state (default: .scrydon)',
  SCRYDON_EXAMPLES: 'a folder of .py notebooks to seed from (default: examples/notebooks)',
  SCRYDON_LIBRARY: 'the folder of documents to seed the library from (default: examples/library)',
  SCRYDON_PYTHON: 'the Python that reads PDFs and opens models (default: .venv/bin/python)',
  SCRYDON_DIST: 'the folder of the built shell (default: dist)',
  SCRYDON_ORIGIN: 'the origin people open, such as https://ide.example (default: http://localhost:PORT)',
  SCRYDON_FRAMES: 'the origin of notebook frames, such as https://*.content.example (without a * they are opaque)',
  SCRYDON_PORTAL: 'origins that may embed the shell, separated by spaces',
  SCRYDON_RUNNER: 'the unix socket of the kernel runner (default: SCRYDON_HOME/run/runner.sock)',
  SCRYDON_DATA: 'the unix socket of the data plane (default: SCRYDON_HOME/run/data.sock)',
  CORTEX_URL: 'the address of an OpenAI-compatible endpoint of language models, such as https://models.example/v1',
  CORTEX_KEY: 'its key',
  CORTEX_MODELS: 'which models there are under which names, as JSON or a file of it',
  CORTEX_TOKENS: `how many tokens of models a person may take in a day (default: ${MODEL.perDay})`,
  SCRYDON_MODELS: 'the folder of ONNX models to seed SCRYDON_HOME/models from (default: examples/models)',
  INFERENCE_URL: 'the address of a server of the Open Inference Protocol, version 2, such as https://models.example',
  INFERENCE_KEY: 'its key',
  INFERENCE_MODELS: 'which of its models there are under which names, as JSON or a file of it',
  EMBEDDINGS_URL: 'the address of an OpenAI-compatible endpoint of embeddings, such as https://models.example/v1',
  EMBEDDINGS_KEY: 'its key',
  EMBEDDINGS_MODEL: 'the model that it is asked for',
  EMBEDDINGS_LEVEL: 'the highest level of what it may be sent',
  EMBEDDINGS_MARKINGS: 'the markings of what it may be sent, separated by commas',
  SCRYDON_BENCH_ACCOUNTS: 'how many accounts to add for measurements (0 to 1000)',
  SCRYDON_INSECURE_SHARED_KERNELS: '1 to let several people in although their kernels are not isolated, else 0',
  LOG_LEVEL: 'trace, debug, info, warn, error, fatal or silent',
}

export type Config = {
  readonly port: number
  readonly contentPort: number | null // null: PORT + 1, known once the port is
  readonly host: string
  readonly home: string
  readonly examples: string
  readonly library: string
  readonly python: string
  readonly dist: string
  readonly origin: string | null
  readonly frames: string | null
  readonly portal: readonly string[]
  readonly runner: string
  readonly data: string
  readonly cortex: Cortex | null
  readonly models: string
  readonly inference: Server | null // null: the workspace's own models
  readonly embeddings: EmbeddingsSetting | null
  readonly benchAccounts: number
  readonly insecureSharedKernels: boolean
  readonly logLevel: string
}
export type Configured = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly message: string }

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1'])
export const isLoopback = (host: string): boolean => LOOPBACK.has(host)

export function readConfig(env: Record<string, string | undefined>): Configured {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in TAKES && value !== ''))
  const read = Environment.safeParse(given)
  if (!read.success) {
    const name = String(read.error.issues[0]?.path[0]) as keyof typeof TAKES
    return { ok: false, message: `${name}=${given[name]} is not usable: it takes ${TAKES[name]}.` }
  }
  const cortex = readCortex(read.data)
  if (!cortex.ok) return cortex
  const inference = readInference(read.data)
  if (!inference.ok) return inference
  const embeddings = readEmbeddings(read.data)
  if (!embeddings.ok) return embeddings
  const config = shape(read.data, { ...cortex, ...inference, ...embeddings })
  const problem = impossible(config)
  return problem ? { ok: false, message: problem } : { ok: true, config }
}

type Endpoints = Pick<Config, 'cortex' | 'inference' | 'embeddings'>

function shape(data: z.infer<typeof Environment>, { cortex, inference, embeddings }: Endpoints): Config {
  const home = resolve(data.SCRYDON_HOME)
  return {
    port: data.PORT,
    contentPort: data.CONTENT_PORT ?? null,
    host: data.HOST,
    home,
    examples: resolve(data.SCRYDON_EXAMPLES),
    library: resolve(data.SCRYDON_LIBRARY),
    python: resolve(data.SCRYDON_PYTHON),
    dist: resolve(data.SCRYDON_DIST),
    origin: data.SCRYDON_ORIGIN ?? null,
    frames: data.SCRYDON_FRAMES ?? null,
    portal: data.SCRYDON_PORTAL.split(/\s+/).filter((origin) => origin !== ''),
    runner: resolve(data.SCRYDON_RUNNER ?? `${home}/run/runner.sock`),
    data: resolve(data.SCRYDON_DATA ?? `${home}/run/data.sock`),
    cortex,
    models: resolve(data.SCRYDON_MODELS),
    inference,
    embeddings,
    benchAccounts: data.SCRYDON_BENCH_ACCOUNTS,
    insecureSharedKernels: data.SCRYDON_INSECURE_SHARED_KERNELS === '1',
    logLevel: data.LOG_LEVEL,
  }
}

/** What no single variable shows: who may reach demo accounts, and that shell and frames are two sites. */
function impossible(config: Config): string | null {
  if (!isLoopback(config.host)) return `HOST=${config.host} is not loopback: demo accounts are served on localhost only.`
  const wrong = config.portal.find((origin) => !Origin.safeParse(origin).success)
  if (wrong) return `SCRYDON_PORTAL holds ${wrong}, which is not an origin such as https://portal.example.`
  if (config.port !== 0 && config.port === config.contentPort)
    return `CONTENT_PORT and PORT are both ${config.port}: frames need a port of their own.`
  const { origin, frames } = whereabouts(config, config.port)
  const near = [origin, ...config.portal].find((other) => siteOf(other) === siteOf(frames))
  if (near) return `SCRYDON_FRAMES (${frames}) is of one site with ${near}: frames need another domain.`
  return null
}

/**
 * Without a list of public suffixes: the last two labels, or the whole address. Too strict for some domains, never too lax
 * for one's own.
 */
function siteOf(origin: string): string {
  const { hostname } = new URL(origin.replace('*', 'x'))
  return /^[\d.]+$|^\[/.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.')
}
