// Who gets past the door, before a body is read: the Host we answer to, the Origin that may call, a bearer or the cookie.
import type { FastifyRequest } from 'fastify'
import { CALLS, type Call } from '#protocol/calls.ts'
import { refuse } from '../errors.ts'
import { type Limiter, RATE } from '../rate.ts'
import type { Principal, Sessions } from '../seams/identity.ts'
import { readCookie } from './sessions.ts'
import type { Where } from './where.ts'

export type Entered = { readonly who: Principal | null; readonly cookie: string | null }

/** One Host header, exactly ours: a lookalike or a second one is another site. */
export function checkHost(request: FastifyRequest, where: Where): void {
  const hosts = request.raw.headersDistinct.host ?? []
  const host = hosts[0]?.toLowerCase()
  if (!request.raw.url?.startsWith('/')) throw refuse('bad-request', { where: 'address' }) // absolute: a proxy's, not a server's
  if (hosts.length !== 1 || host === undefined || !where.hosts.has(host)) throw refuse('wrong-host', { origin: where.origin })
}

export function enter(call: Call, request: FastifyRequest, where: Where, sessions: Sessions, limiter: Limiter): Entered {
  checkOrigin(call, request, where)
  const { who } = CALLS[call]
  if (who === 'person') {
    const principal = bearer(request, sessions)
    limit(limiter, `person ${principal.id}`, RATE.person)
    return { who: principal, cookie: null }
  }
  limit(limiter, `peer ${request.ip}`, RATE.stranger)
  if (call === 'POST /api/sign-in') limit(limiter, `sign-in ${request.ip}`, RATE.signIn)
  if (who === 'anyone') return { who: null, cookie: null }
  const cookie = readCookie(request.headers.cookie)
  if (cookie === null || request.headers['x-scrydon'] !== '1') throw refuse('signed-out')
  return { who: null, cookie }
}

/** A page of another site cannot leave Origin out of a POST; what has none is no page, and must not act on the cookie. */
function checkOrigin(call: Call, request: FastifyRequest, where: Where): void {
  const { origin } = request.headers
  const needed = call === 'POST /api/sign-in' || CALLS[call].who === 'cookie'
  if (origin === undefined ? needed : origin !== where.origin) throw refuse('wrong-origin')
}

function bearer(request: FastifyRequest, sessions: Sessions): Principal {
  const [, token] = /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(request.headers.authorization ?? '') ?? []
  const proof = token === undefined ? null : sessions.check(token)
  if (!proof) throw refuse('signed-out')
  return proof.principal
}

function limit(limiter: Limiter, key: string, rate: { burst: number; perSecond: number }): void {
  const seconds = limiter(key, rate)
  if (seconds > 0) throw refuse('too-many-requests', { seconds })
}
