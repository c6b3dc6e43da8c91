// Before and around sign-in, and what belongs to the person alone.
import { refuse } from '../../errors.ts'
import type { Principal } from '../../seams/identity.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'
import { makeRoom, signOut } from '../present.ts'
import { setCookie } from '../sessions.ts'

type Calls =
  | 'GET /api/config'
  | 'GET /api/accounts'
  | 'POST /api/sign-in'
  | 'POST /api/bearer'
  | 'POST /api/sign-out'
  | 'PUT /api/preferences'

const DEFAULTS = { autorun: false, theme: 'system', editor: {} } as const
const shown = ({ id, name }: Principal) => ({ id, name })

export const accountHandlers = (deps: Deps): Pick<Handlers, Calls> => ({
  'GET /api/config': async () => ({
    frames: deps.where().frames,
    opaque: !deps.where().frames.includes('*'),
    marimo: deps.kernels.info()?.marimo ?? deps.versions.marimo,
    scrydon: deps.versions.scrydon,
  }),
  'GET /api/accounts': async () => deps.desk.identity.accounts().map(shown),
  'POST /api/sign-in': async ({ body, setCookie: set }) => {
    const who = deps.desk.identity.find(body.account)
    if (!who) throw refuse('not-found')
    await makeRoom(deps, who, body.replace === true)
    set(setCookie(await deps.signIn.begin(who.id)))
    return shown(who)
  },
  'POST /api/bearer': async ({ cookie }) => {
    const minted = cookie === null ? null : await deps.signIn.mint(cookie)
    if (!minted) throw refuse('signed-out')
    const { bearer, expires, principal } = minted
    const preferences = (await deps.desk.store.preferences.get(principal.id)) ?? DEFAULTS
    const { standing } = principal
    return { bearer, expires, person: shown(principal), standing, member: standing !== 'none', preferences }
  },
  'POST /api/sign-out': async ({ who, setCookie: set }) => {
    await signOut(deps, who.id, null)
    set(setCookie(''))
    return {}
  },
  'PUT /api/preferences': async ({ who, body }) => {
    await deps.desk.store.preferences.put(who.id, body)
    return body
  },
})
