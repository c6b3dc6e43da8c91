// The HTTP face of the gateway: headers on every answer, the door, the shell's files, REST, and how failures leave.
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { WIRE } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'
import { Refused, refuse } from '../errors.ts'
import type { Log } from '../log.ts'
import { makeLimiter } from '../rate.ts'
import type { Deps } from './deps.ts'
import { checkHost } from './guard.ts'
import { shellHeaders } from './headers.ts'
import type { Metrics } from './metrics.ts'
import { bodyLimit, rest, SOURCE_LIMIT, sourceBound } from './rest.ts'
import { isPage, type Shell } from './static.ts'
import { isLoopbackPeer } from './where.ts'

const SLOW = { headers: 10_000, request: 120_000, looked: 1000 } as const // ms; a client that takes longer is cut off

export type Parts = { readonly deps: Deps; readonly shell: Shell; readonly metrics: Metrics; readonly log: Log }

export async function makeApp(parts: Parts): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: WIRE.fragment,
    requestTimeout: SLOW.request,
    http: { connectionsCheckingInterval: SLOW.looked },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1000 },
  })
  app.server.headersTimeout = SLOW.headers
  app.setErrorHandler((error, request, reply) => fail(parts, error, request, reply))
  app.setNotFoundHandler(async (request, reply) => serve(parts, request, reply))
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(parts.deps))
    checkHost(request, parts.deps.where())
  })
  app.addHook('onResponse', async (request, reply) => note(parts, request, reply))
  app.get('/metrics', (request, reply) => metrics(parts, request, reply))
  await rest(app, parts.deps, makeLimiter(parts.deps.desk.now))
  return app
}

function headersOf({ config, where }: Deps): Record<string, string> {
  const { origin, frames } = where()
  const headers = shellHeaders({ shell: origin, frames, assets: frames, portal: config.portal })
  return origin.startsWith('https:') ? { ...headers, 'strict-transport-security': 'max-age=31536000' } : headers
}

/** What no route answers: the shell's pages and files, or nothing. */
async function serve({ deps, shell }: Parts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw refuse('not-found')
  const path = request.raw.url?.split('?')[0] ?? '/'
  if (elsewhere(request, deps, path)) return reply.redirect(`${deps.where().origin}${path}`)
  const found = await shell(path, request.headers['accept-encoding'] ?? '')
  if (!found) throw refuse('not-found')
  reply.code(200).type(found.type).header('cache-control', found.caching).header('vary', 'accept-encoding')
  if (found.coding !== 'identity') reply.header('content-encoding', found.coding)
  return reply.send(found.body)
}

/** A page opened by another of our names would have another origin; its calls would be refused. */
const elsewhere = (request: FastifyRequest, { where }: Deps, path: string) =>
  isPage(path) && request.headers.host !== new URL(where().origin).host

async function metrics({ deps, metrics: figures }: Parts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const local = isLoopbackPeer(request.socket.remoteAddress) && deps.where().loopback.has(request.headers.host ?? '')
  if (!local) throw refuse('not-found')
  return reply.type(figures.registry.contentType).send(await figures.registry.metrics())
}

function fail({ metrics: figures, log }: Parts, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refused = error instanceof Refused ? error : translate(error as FastifyError, request)
  const { code, refusal, status } = refused
  figures.refused(code)
  const line = { code, id: refusal.id, route: routeOf(request), status }
  if (status >= 500) log.error({ ...line, err: error }, 'failed')
  else log.info(line, 'refused')
  return reply.code(status).header('cache-control', 'no-store').send(refusal)
}

/** The framework's own refusals, in our words; anything unknown is ours to explain in the log. */
function translate(error: FastifyError, request: FastifyRequest): Refused {
  const { call } = request.routeOptions.config
  if (error.statusCode === 413) {
    if (sourceBound(call)) return refuse('source-too-big', { limit: sizeText(SOURCE_LIMIT) })
    return refuse('too-big', { limit: sizeText(bodyLimit(call)) })
  }
  const client = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
  return client ? refuse('bad-request', { where: error.statusCode === 415 ? 'content type' : 'request' }) : refuse('internal')
}

const routeOf = (request: FastifyRequest) =>
  request.routeOptions.config?.call ?? (request.routeOptions.url ? request.routeOptions.url : 'shell')

function note({ metrics: figures, log }: Parts, request: FastifyRequest, reply: FastifyReply): void {
  figures.request(routeOf(request), reply.statusCode, reply.elapsedTime / 1000)
  log.debug({ route: routeOf(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
}
