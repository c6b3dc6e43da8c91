// Sign-in. The cookie can do one thing: mint a bearer that lives five minutes in memory. A bearer is 256 random bits and
// kept as its hash; so is the cookie, in the store. Signing out ends every session of the person at once.
import { createHash, randomBytes } from 'node:crypto'
import type { PersonId } from '#protocol/ids.ts'
import { SIGN_IN } from '#protocol/limits.ts'
import type { Identity, Principal, Proof, Sessions } from '../seams/identity.ts'
import type { Store } from '../seams/store.ts'

export const COOKIE = '__Host-scrydon'
const BEARERS = 64 // alive per session: tabs that renew; the oldest goes

type Ended = { readonly person: PersonId; readonly session: string }
type Bearer = { readonly person: PersonId; readonly session: string; readonly expires: number }

export type SignIn = Sessions & {
  /** The cookie's value. */
  begin(person: PersonId): Promise<string>
  /** Null: the cookie is unknown, expired or signed out. */
  mint(cookie: string): Promise<{ readonly bearer: string; readonly expires: number; readonly principal: Principal } | null>
  end(person: PersonId): Promise<void>
  /** People with a live session, the last to sign in first. */
  present(): Promise<readonly PersonId[]>
  sweep(): Promise<void>
}

const digest = (secret: string) => createHash('sha256').update(secret).digest('base64url')
const secret = () => randomBytes(32).toString('base64url')

type State = {
  readonly store: Store
  readonly identity: Identity
  readonly now: () => number
  readonly bearers: Map<string, Bearer>
  readonly sessions: Map<string, { readonly person: PersonId; readonly expires: number }>
  readonly listeners: Set<(ended: Ended) => void>
}

export function makeSignIn(store: Store, identity: Identity, now: () => number): SignIn {
  const state: State = { store, identity, now, bearers: new Map(), sessions: new Map(), listeners: new Set() }
  return {
    check: (bearer) => check(state, bearer),
    onEnd: (listener) => {
      state.listeners.add(listener)
      return () => state.listeners.delete(listener)
    },
    begin: (person) => begin(state, person),
    mint: (cookie) => mint(state, cookie),
    end: async (person) => {
      await store.sessions.endAll(person)
      forget(state, (session) => session.person === person)
    },
    present: () => store.sessions.people(now()),
    since: (person, at) => store.sessions.since(person, at),
    sweep: async () => {
      await store.sessions.sweep(now() - SIGN_IN.remembered)
      forget(state, (session) => session.expires <= now())
    },
  }
}

function check(state: State, bearer: string): Proof | null {
  const found = state.bearers.get(digest(bearer))
  if (!found || found.expires <= state.now()) return null
  const principal = state.identity.find(found.person)
  return principal && { principal, session: found.session, expires: found.expires }
}

async function begin(state: State, person: PersonId): Promise<string> {
  const cookie = secret()
  const created = state.now()
  await state.store.sessions.put({ hash: digest(cookie), person, created, expires: created + SIGN_IN.session })
  return cookie
}

async function mint(state: State, cookie: string) {
  const session = await state.store.sessions.get(digest(cookie), state.now())
  const principal = session && state.identity.find(session.person)
  if (!principal) return null
  state.sessions.set(session.hash, { person: session.person, expires: session.expires })
  const own = [...state.bearers].filter(([, bearer]) => bearer.session === session.hash).map(([hash]) => hash)
  for (const oldest of own.slice(0, Math.max(0, own.length - BEARERS + 1))) state.bearers.delete(oldest)
  const bearer = secret()
  const expires = Math.min(state.now() + SIGN_IN.bearer, session.expires)
  state.bearers.set(digest(bearer), { person: session.person, session: session.hash, expires })
  return { bearer, expires, principal }
}

/** Drops sessions and their bearers, and says so; bearers that ran out go along. */
function forget(state: State, gone: (session: { readonly person: PersonId; readonly expires: number }) => boolean): void {
  const ended = [...state.sessions].filter(([, session]) => gone(session))
  for (const [hash] of ended) state.sessions.delete(hash)
  for (const [hash, bearer] of state.bearers) {
    if (!state.sessions.has(bearer.session) || bearer.expires <= state.now()) state.bearers.delete(hash)
  }
  for (const [session, { person }] of ended) for (const listener of state.listeners) listener({ person, session })
}

export const setCookie = (value: string): string =>
  `${COOKIE}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${value === '' ? 0 : SIGN_IN.session / 1000}`

export function readCookie(header: string | undefined): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  const own = pairs.filter((pair) => pair.startsWith(`${COOKIE}=`))
  return own.length === 1 ? (own[0] as string).slice(COOKIE.length + 1) : null
}
