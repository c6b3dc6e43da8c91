// REST: the table `CALLS` is the route table. Each route is guarded before its body is read, its body and its answer are
// checked against the table, and whatever goes wrong leaves as one of errors.ts.

import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CALLS, type Call } from '#protocol/calls.ts'
import { NOTEBOOK, WIRE } from '#protocol/limits.ts'
import { refuse } from '../errors.ts'
import type { Limiter } from '../rate.ts'
import { Attachment } from './attachment.ts'
import { type Asked, type Handlers, read, readParams } from './calls.ts'
import type { Deps } from './deps.ts'
import { type Entered, enter } from './guard.ts'
import { accessHandlers } from './handlers/access.ts'
import { accountHandlers } from './handlers/account.ts'
import { artefactHandlers } from './handlers/artefacts.ts'
import { kernelHandlers } from './handlers/kernels.ts'
import { libraryHandlers } from './handlers/library.ts'
import { managedHandlers } from './handlers/managed.ts'
import { modelHandlers } from './handlers/models.ts'
import { notebookHandlers } from './handlers/notebooks.ts'
import { requestHandlers } from './handlers/requests.ts'
import { shareHandlers } from './handlers/shares.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    call?: Call
  }
}

const BODIES: Partial<Record<Call, number>> = {
  'POST /api/notebooks': WIRE.message,
  'POST /api/notebooks/:id/drafts': WIRE.message,
}
/** Whose bodies are bytes. */
const RAW: ReadonlySet<Call> = new Set([
  'PUT /api/notebooks/:id/files/:name',
  'POST /api/library/files/:name',
  'POST /api/models/files',
])

export const bodyLimit = (call: Call | undefined): number => (call && BODIES[call]) ?? WIRE.fragment
export const sourceBound = (call: Call | undefined): boolean => call !== undefined && BODIES[call] !== undefined
export const SOURCE_LIMIT = NOTEBOOK.source

type AnyHandler = (asked: Asked<Call>) => Promise<unknown>

export async function rest(app: FastifyInstance, deps: Deps, limiter: Limiter): Promise<void> {
  const handlers: Handlers = {
    ...accountHandlers(deps),
    ...notebookHandlers(deps),
    ...kernelHandlers(deps),
    ...libraryHandlers(deps),
    ...managedHandlers(deps),
    ...artefactHandlers(deps),
    ...accessHandlers(deps),
    ...modelHandlers(deps),
    ...requestHandlers(deps),
    ...shareHandlers(deps),
  }
  const calls = Object.keys(CALLS) as Call[]
  await app.register(async (scope) => {
    takeJson(scope)
    for (const call of calls) if (!RAW.has(call)) route(scope, deps, limiter, call, handlers[call] as AnyHandler)
  })
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    for (const call of RAW) route(scope, deps, limiter, call, handlers[call] as AnyHandler)
  })
}

/** Bytes that are not UTF-8 are refused, not repaired: a repaired source would be another notebook. */
function takeJson(app: FastifyInstance): void {
  const text = new TextDecoder('utf-8', { fatal: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      const decoded = text.decode(body as Buffer)
      done(null, decoded === '' ? {} : JSON.parse(decoded))
    } catch (error) {
      done(error instanceof SyntaxError ? refuse('bad-request', { where: 'body' }) : refuse('not-utf8'))
    }
  })
}

function route(app: FastifyInstance, deps: Deps, limiter: Limiter, call: Call, handler: AnyHandler): void {
  const [method, url] = call.split(' ') as [string, string]
  const entered = new WeakMap<FastifyRequest, Entered>()
  app.route({
    method,
    url,
    bodyLimit: bodyLimit(call),
    config: { call },
    onRequest: async (request) => {
      entered.set(request, enter(call, request, deps.where(), deps.signIn, limiter))
    },
    handler: async (request, reply) => {
      const answer = await handler(asked(call, request, reply, entered.get(request) as Entered))
      if (answer instanceof Attachment) return answer.send(reply)
      const checked = CALLS[call].answer.safeParse(answer)
      if (!checked.success) throw new Error('an answer does not fit the table')
      return reply.header('cache-control', 'no-store').send(checked.data)
    },
  })
}

function asked(call: Call, request: FastifyRequest, reply: FastifyReply, { who, cookie }: Entered): Asked<Call> {
  const length = Number(request.headers['content-length'] ?? 0)
  return {
    who: who as Asked<Call>['who'],
    cookie,
    body: (RAW.has(call) ? {} : read(CALLS[call].body, request.body ?? {}, 'body')) as Asked<Call>['body'],
    params: readParams(request.params as Record<string, string>) as Asked<Call>['params'],
    query: readQuery(request.query),
    bytes: (request.body ?? request.raw) as Readable,
    length: Number.isFinite(length) ? length : 0,
    setCookie: (value) => void reply.header('set-cookie', value),
  }
}

function readQuery(query: unknown): Record<string, string> {
  const entries = Object.entries(query as Record<string, unknown>)
  if (entries.some(([, value]) => typeof value !== 'string')) throw refuse('bad-request', { where: 'query' })
  return Object.fromEntries(entries) as Record<string, string>
}
