// What kernels count as, told to the page of each as it changes: above the notebook stands the classification of what is shown.
import type { KernelId } from '#protocol/ids.ts'
import type { Log } from '../log.ts'
import type { Events } from '../seams/events.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { Store } from '../seams/store.ts'
import type { Library } from './library.ts'
import { taintOf } from './standing.ts'

type Given = {
  readonly kernels: Kernels
  readonly events: Events
  readonly store: Pick<Store, 'governance'>
  readonly log: Log
}

export function makeLabels({ kernels, events, store, log }: Given) {
  const told = new Map<KernelId, string>()
  async function look(kernel: KernelId): Promise<void> {
    const state = kernels.get(kernel)
    if (!state || state.phase.phase === 'exited') return
    const label = await taintOf({ store }, kernel)
    const text = JSON.stringify(label)
    if (told.get(kernel) === text) return
    told.set(kernel, text)
    const { person, notebook } = state.spec
    events.publish([person], { type: 'label', kernel, notebook, label })
  }
  const tell = (kernel: KernelId) => look(kernel).catch((error: unknown) => log.error({ err: error, kernel }, 'a label not told'))
  return {
    /** The library with this behind each answer: a page shows what its kernel counts as before the kernel has what raised it. */
    after:
      (library: Library): Library =>
      async (kernel, line) => {
        const answer = await library(kernel, line)
        await tell(kernel.spec.id)
        return answer
      },
    /** After an edit: the workspace, or what was read, may count as something else. */
    all: async () => void (await Promise.all(kernels.list().map(({ spec }) => tell(spec.id)))),
    forget: (kernel: KernelId) => void told.delete(kernel),
  }
}
