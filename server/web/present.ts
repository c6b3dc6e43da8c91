// Who is signed in, and what ends with it: a person who signs out takes every session and every kernel of theirs along.
import type { PersonId } from '#protocol/ids.ts'
import type { Deps } from './deps.ts'

/** A kernel that cannot be reached now, or is being started now, is ended by the next look at the rights (kernels/rights.ts). */
export async function signOut({ desk, signIn, kernels }: Deps, person: PersonId): Promise<void> {
  desk.events.publish([person], { type: 'signed-out' })
  await signIn.end(person)
  const own = kernels.list().filter((kernel) => kernel.spec.person === person && kernel.phase.phase !== 'exited')
  await Promise.all(own.map((kernel) => kernels.stop(kernel.spec.id, 'signed-out')))
}

/**
 * Where kernels are not isolated from each other, one person at a time: the last to sign in signs the others out. Looked
 * at again on a beat, since a runner may say only later what it can do.
 */
export async function alone(deps: Deps, arriving?: PersonId): Promise<void> {
  const info = deps.kernels.info()
  if (!info || info.level >= 2 || deps.config.insecureSharedKernels) return
  const present = await deps.signIn.present()
  const stays = arriving ?? present[0]
  await Promise.all(present.filter((person) => person !== stays).map((person) => signOut(deps, person)))
}
