// The end of a kernel whose person may go on with the notebook in another way: it holds what they may no longer see, or they may not
// edit any more. Its page is asked to save what is written, and has a second for it; then the kernel ends either way.
import type { KernelId } from '#protocol/ids.ts'
import type { Cause, KernelState } from '#protocol/runner.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Events } from '../seams/events.ts'
import type { Kernels } from '../seams/kernels.ts'

const LAST_SAVE = 1000 // ms

/** Resolves when the runner has accepted the end. Asked twice, it happens once. */
export type End = (kernel: KernelState) => Promise<void>

export function makeEnd(kernels: Kernels, events: Events, clock: Clock, cause: Cause): End {
  const under = new Map<KernelId, Promise<void>>()
  const end = async ({ spec: { id, person, notebook, mode }, attached }: KernelState) => {
    if (mode === 'edit' && attached !== null) {
      events.publish([person], { type: 'kernel-ending', kernel: id, notebook, within: LAST_SAVE })
      await new Promise<void>((resolve) => clock.after(LAST_SAVE, resolve))
    }
    await kernels.stop(id, cause)
  }
  return (kernel) => {
    const { id } = kernel.spec
    const ending = under.get(id) ?? end(kernel).finally(() => under.delete(id))
    under.set(id, ending)
    return ending
  }
}
