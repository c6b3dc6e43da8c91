// Where kernels are not isolated from each other, one person at a time: who is signed in is not put out without a word, and
// whoever takes the place is named to them.
import type { PersonId } from '#protocol/ids.ts'
import { isAlive } from '#protocol/runner.ts'
import { refuse } from '../errors.ts'
import type { Principal } from '../seams/identity.ts'
import type { Deps } from './deps.ts'

type Served = 'several' | 'one' | 'unknown' // unknown: the runner has not said its level yet

function served({ kernels, config }: Deps): Served {
  if (config.insecureSharedKernels) return 'several'
  const info = kernels.info()
  if (info === null) return 'unknown'
  return info.level >= 2 ? 'several' : 'one'
}

/** Makes room for somebody who signs in: `replace` is their answer to the question that the refusal puts. */
export async function makeRoom(deps: Deps, who: Principal, replace: boolean): Promise<void> {
  const rule = served(deps)
  if (rule === 'several') return
  const others = (await deps.signIn.present()).filter((other) => other !== who.id)
  if (others.length === 0) return
  if (rule === 'unknown') throw refuse('runner-absent')
  if (!replace) throw refuse('occupied', { who: names(deps, others) })
  await Promise.all(others.map((other) => signOut(deps, other, who)))
}

/** The level can fall and the gateway can come back to several sessions: then the last who signed in stays. */
export async function keepOne(deps: Deps): Promise<void> {
  if (served(deps) !== 'one') return
  const [last, ...others] = await deps.signIn.present()
  const by = last === undefined ? null : deps.desk.identity.find(last)
  await Promise.all(others.map((other) => signOut(deps, other, by)))
}

/** A kernel that cannot be reached now, or is being started now, is ended by the next look at the rights (kernels/rights.ts). */
export async function signOut(deps: Deps, person: PersonId, by: Principal | null): Promise<void> {
  deps.desk.events.publish([person], { type: 'signed-out', by: by && { id: by.id, name: by.name } })
  await deps.signIn.end(person)
  const own = deps.kernels.list().filter((kernel) => kernel.spec.person === person && isAlive(kernel))
  await Promise.all(own.map((kernel) => deps.kernels.stop(kernel.spec.id, 'signed-out')))
}

const names = ({ desk }: Deps, people: readonly PersonId[]) =>
  people.map((person) => desk.identity.find(person)?.name ?? 'Somebody').join(' and ')
