// A kernel goes on only while its person may open its notebook in its way and has not signed out since it began. Asked of
// every live kernel on a beat, whether or not somebody looks at it: a share runs out, a person is removed, a sign-out finds
// the runner away or a start under way.
import type { Cause, KernelState } from '#protocol/runner.ts'
import type { Log } from '../log.ts'
import type { Access } from '../seams/document.ts'
import type { Sessions } from '../seams/identity.ts'
import type { Kernels } from '../seams/kernels.ts'

export type Rights = { readonly access: Access; readonly sessions: Pick<Sessions, 'since'> }

/** Why it must end; null: it may go on. */
export async function wrong({ access, sessions }: Rights, { spec, startedAt }: KernelState): Promise<Cause | null> {
  if (!(await sessions.since(spec.person, startedAt))) return 'signed-out'
  return (await access.mayOpen(spec.notebook, spec.person, spec.mode)) ? null : 'revoked'
}

export async function recheck(kernels: Kernels, rights: Rights, log: Log): Promise<void> {
  const alive = kernels.list().filter(({ phase }) => phase.phase !== 'exited')
  await Promise.all(
    alive.map(async (state) => {
      const cause = await wrong(rights, state)
      if (cause === null) return
      log.info({ kernel: state.spec.id, person: state.spec.person, cause }, 'kernel without a right: stopped')
      await kernels.stop(state.spec.id, cause)
    }),
  )
}
