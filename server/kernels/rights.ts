// A kernel goes on only while its person may open its notebook in its way and has not signed out since it began. Asked when shares are
// edited or run out, and of every live kernel on a beat, whether or not somebody looks at it: a person is removed, a sign-out finds
// the runner away or a start under way.
import type { NotebookId } from '#protocol/ids.ts'
import { type Cause, isAlive, type KernelSpec, type KernelState } from '#protocol/runner.ts'
import type { Log } from '../log.ts'
import type { Access, Leases } from '../seams/document.ts'
import type { Sessions } from '../seams/identity.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { End } from './ending.ts'

export type Rights = { readonly access: Access; readonly sessions: Pick<Sessions, 'since'> }

/** Why it must end; null: it may go on. */
export async function wrong({ access, sessions }: Rights, { spec, startedAt }: KernelState): Promise<Cause | null> {
  if (!(await sessions.since(spec.person, startedAt))) return 'signed-out'
  return lost(access, spec)
}

/** Which right to its notebook is gone; null: none is. */
export async function lost(access: Access, { notebook, person, mode }: KernelSpec): Promise<'demoted' | 'revoked' | null> {
  if (await access.mayOpen(notebook, person, mode)) return null
  return mode === 'edit' && (await access.mayOpen(notebook, person, 'run')) ? 'demoted' : 'revoked'
}

export type Guarding = {
  readonly kernels: Kernels
  readonly rights: Rights
  readonly leases: Pick<Leases, 'release'>
  readonly demote: End
  readonly log: Log
}

/** `only`: of which notebook. */
export async function recheck(guarding: Guarding, only?: NotebookId): Promise<void> {
  const alive = guarding.kernels.list().filter(isAlive)
  const asked = alive.filter(({ spec }) => only === undefined || spec.notebook === only)
  await Promise.all(asked.map((state) => judge(guarding, state)))
}

async function judge({ kernels, rights, leases, demote, log }: Guarding, state: KernelState): Promise<void> {
  const cause = await wrong(rights, state)
  if (cause === null) return
  const { id, person, notebook, mode } = state.spec
  log.info({ kernel: id, person, cause }, 'kernel without a right: stopped')
  await (cause === 'demoted' ? demote(state) : kernels.stop(id, cause))
  if (mode === 'edit' && cause !== 'signed-out') leases.release(notebook, person) // until then a last save of theirs is kept
}
