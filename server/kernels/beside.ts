// Kernels and the files beside their notebook: one that has them in sight counts as at least all of them together, and its person is cleared
// for that.
import type { NotebookId } from '#protocol/ids.ts'
import { dominates, join, type Label, LOWEST } from '#protocol/policy/label.ts'
import { isAlive, type KernelState } from '#protocol/runner.ts'
import type { Clock } from '#protocol/wire.ts'
import { writtenFiles } from '../data/holding.ts'
import { taintOf } from '../data/standing.ts'
import { refuse } from '../errors.ts'
import { filesLabel, inTurn, isCleared } from '../notebooks/beside.ts'
import type { Desk } from '../notebooks/desk.ts'
import type { Seeing } from '../notebooks/files.ts'
import type { Kernels } from '../seams/kernels.ts'
import { makeEnd } from './ending.ts'

export type Beside = Seeing & {
  /** May a kernel that was met again keep them in sight? What has appeared meanwhile counts in it. */
  mayKeep(kernel: KernelState): Promise<boolean>
}

type Given = {
  readonly kernels: Kernels
  readonly desk: Desk
  readonly clock: Clock
  /** Tells pages what their kernels count as. */
  readonly tell: () => Promise<void>
}

export function makeBeside({ kernels, desk, clock, tell }: Given): Beside {
  const end = makeEnd(kernels, desk.events, clock, 'files-above')
  const living = (notebook: NotebookId) => kernels.list().filter((state) => state.spec.notebook === notebook && isAlive(state))
  /** False: its person is not cleared. */
  const raised = async ({ spec }: KernelState, label: Label) => {
    if (!(await isCleared(desk, spec, label))) return false
    await seesFiles(desk, spec.id, label)
    return true
  }
  return {
    read: async (person, notebook) => {
      const own = living(notebook).filter(({ spec }) => spec.person === person)
      const labels = await Promise.all(own.map(({ spec }) => taintOf(desk, spec.id)))
      return labels.length === 0 ? null : labels.reduce(join)
    },
    rise: async (notebook, label) => {
      if (kernels.info() === null) throw refuse('files-wait') // who has them in sight is not known
      const seeing = living(notebook).filter(({ spec }) => spec.files === 'shown')
      await Promise.all(seeing.map(async (state) => (await raised(state, label)) || end(state)))
      const judged = await Promise.all(living(notebook).map(({ spec }) => spec.files !== 'shown' || isCleared(desk, spec, label)))
      if (judged.includes(false)) throw refuse('files-wait') // its end did not reach the runner
      await tell()
    },
    mayKeep: (state) =>
      inTurn(
        desk,
        state.spec.notebook,
        async () => state.spec.files !== 'shown' || raised(state, await filesLabel(desk, state.spec.notebook)),
      ),
  }
}

/** Before it can read them. */
export async function seesFiles({ store }: Pick<Desk, 'store'>, kernel: string, label: Label): Promise<void> {
  if (!dominates(LOWEST, label)) await store.governance.raise(kernel, label, writtenFiles(label))
}
