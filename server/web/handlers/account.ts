// Before and around sign-in, and what belongs to the person alone.
import type { PersonId } from '#protocol/ids.ts'
import { refuse } from '../../errors.ts'
import type { Principal } from '../../seams/identity.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'
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
    opaque: false,
    marimo: deps.kernels.info()?.marimo ?? deps.versions.marimo,
    scrydon: deps.versions.scrydon,
  }),
  'GET /api/accounts': async () => deps.desk.identity.accounts().map(shown),
  'POST /api/sign-in': async ({ body, setCookie: set }) => {
    const who = deps.desk.identity.find(body.account)
    if (!who) throw refuse('not-found')
    await alone(deps, who.id)
    set(setCookie(await deps.signIn.begin(who.id)))
    return shown(who)
  },
  'POST /api/bearer': async ({ cookie }) => {
    const minted = cookie === null ? null : await deps.signIn.mint(cookie)
    if (!minted) throw refuse('signed-out')
    const { bearer, expires, principal } = minted
    const preferences = (await deps.desk.store.preferences.get(principal.id)) ?? DEFAULTS
    return { bearer, expires, person: shown(principal), member: principal.standing !== 'none', preferences }
  },
  'POST /api/sign-out': async ({ who, setCookie: set }) => {
    await signOut(deps, who.id)
    set(setCookie(''))
    return {}
  },
  'PUT /api/preferences': async ({ who, body }) => {
    await deps.desk.store.preferences.put(who.id, body)
    return body
  },
})

/** Ends every session of the person, and every kernel: nothing of theirs goes on computing. */
async function signOut(deps: Deps, person: PersonId): Promise<void> {
  deps.desk.events.publish([person], { type: 'signed-out' })
  await deps.signIn.end(person)
  const own = deps.kernels.list().filter((kernel) => kernel.spec.person === person && kernel.phase.phase !== 'exited')
  await Promise.all(own.map((kernel) => deps.kernels.stop(kernel.spec.id, 'signed-out')))
}

/** Where kernels are not isolated from each other, one person at a time: whoever signs in signs the others out. */
async function alone(deps: Deps, person: PersonId): Promise<void> {
  const info = deps.kernels.info()
  if (!info || info.level >= 2 || deps.config.insecureSharedKernels) return
  const others = deps.signIn.present().filter((other) => other !== person)
  await Promise.all(others.map((other) => signOut(deps, other)))
}
