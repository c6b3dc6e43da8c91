// Who is signed in, as a signal. Signing out here ends it on the server too; the 'signed-out' event and a 401 end it here.
import { createSignal } from 'solid-js'
import type * as z from 'zod/mini'
import type { Preferences } from '#protocol/api.ts'
import type { Standing } from '#protocol/standings.ts'
import { Refused, refusedLocally } from '../primitives/refused.ts'
import { type Answer, type Api, type Calls, createApi, createApiOf } from './api.ts'
import { createBearer } from './bearer.ts'

type Account = Answer<'POST /api/sign-in'>
const NO_COOKIE =
  'This browser did not keep the sign-in cookie. Allow cookies for this address and try again; Safari keeps none for http://localhost, other browsers do.'
export type Wishes = z.infer<typeof Preferences>
export type Who =
  | { readonly state: 'unknown' }
  | { readonly state: 'unreachable' }
  | { readonly state: 'signed-out'; readonly notice: string | null }
  | {
      readonly state: 'signed-in'
      readonly person: Account
      readonly standing: Standing
      readonly member: boolean
      readonly preferences: Wishes
    }

export type People = ReturnType<typeof createPeople>

/** Null: the server knows no such sign-in. */
async function mint(anonymous: Api) {
  try {
    return await anonymous('POST /api/bearer')
  } catch (error) {
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) return null
    throw error
  }
}

/** What is done while the person may still do it. */
function createFarewells() {
  const all = new Set<() => Promise<void>>()
  return {
    add(farewell: () => Promise<void>): () => void {
      all.add(farewell)
      return () => void all.delete(farewell)
    },
    say: () => Promise.all([...all].map((farewell) => farewell())),
  }
}

const signedIn = ({ person, standing, member, preferences }: Answer<'POST /api/bearer'>): Who => ({
  state: 'signed-in',
  person,
  standing,
  member,
  preferences,
})
const preferring = (who: Who, preferences: Wishes): Who => (who.state === 'signed-in' ? { ...who, preferences } : who)

export function createPeople(fetch: (path: string, init: RequestInit) => Promise<Response>) {
  const [who, setWho] = createSignal<Who>({ state: 'unknown' })
  const farewells = createFarewells()
  const anonymous = createApi(fetch, { bearer: async () => null, signedOut: () => {} })
  const bearer = createBearer(() => mint(anonymous))
  const credentials = { bearer: bearer.get, signedOut: () => left('Your session has ended. Sign in to go on.') }
  const api: Api = createApi(fetch, credentials)
  const apiOf = <T extends Calls>(calls: T) => createApiOf(calls, fetch, credentials) // of a part that is loaded late

  function left(notice: string | null): void {
    bearer.drop()
    if (who().state !== 'signed-out') setWho({ state: 'signed-out', notice })
  }

  async function arrive(): Promise<void> {
    try {
      const minted = await bearer.renew()
      setWho(minted === null ? { state: 'signed-out', notice: null } : signedIn(minted))
    } catch {
      setWho({ state: 'unreachable' })
    }
  }

  /** `replace`: also where that signs somebody else out; without it such a sign-in is refused as 'occupied'. */
  async function signIn(account: Account, replace = false): Promise<void> {
    await anonymous('POST /api/sign-in', { body: { account: account.id, replace } })
    await arrive()
    if (who().state === 'signed-out') throw refusedLocally('no-cookie', NO_COOKIE)
  }

  async function signOut(): Promise<void> {
    await farewells.say()
    await api('POST /api/sign-out').catch(() => undefined) // a session the server no longer knows is as good as ended
    left(null)
  }

  /** Held at once, so that the next change is laid over this one; what was before comes back with a refusal. */
  async function prefer(next: Wishes): Promise<void> {
    const before = who()
    setWho((now) => preferring(now, next))
    try {
      await api('PUT /api/preferences', { body: next })
    } catch (error) {
      if (before.state === 'signed-in') setWho((now) => preferring(now, before.preferences))
      throw error
    }
  }

  return { who, api, apiOf, anonymous, bearer: bearer.get, arrive, signIn, signOut, beforeSignOut: farewells.add, left, prefer }
}
