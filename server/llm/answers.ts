// The answers of kernels, by the ids that kernels made up. Few are under way in one kernel; the last that ended can be asked for again.
import type { KernelId } from '#protocol/ids.ts'
import { MODEL } from '#protocol/limits.ts'
import type { Answer } from './answer.ts'

/** One that is being decided is there already: asked for twice, it is begun once. */
export type Begun = { readonly alias: string; readonly answer: Promise<Answer> }
type Kept = Begun & { begun: Answer | null }

const running = ({ begun }: Kept) => begun?.running ?? true

export class KernelAnswers {
  readonly #kernels = new Map<KernelId, Map<string, Kept>>()

  find(kernel: KernelId, id: string): Begun | null {
    return this.#kernels.get(kernel)?.get(id) ?? null
  }

  /** False: as many as may be are under way. */
  add(kernel: KernelId, id: string, begun: Begun): boolean {
    const all = this.#kernels.get(kernel) ?? new Map<string, Kept>()
    if ([...all.values()].filter(running).length >= MODEL.running) return false
    const kept: Kept = { ...begun, begun: null }
    this.#kernels.set(kernel, all.set(id, kept))
    const [oldest] = [...all].filter(([, one]) => !running(one)).map(([name]) => name)
    if (oldest !== undefined && all.size > MODEL.kept) this.drop(kernel, oldest)
    begun.answer.then(
      (answer) => {
        kept.begun = answer
        if (this.find(kernel, id) !== kept) answer.cancel() // it was dropped meanwhile
      },
      () => this.drop(kernel, id),
    )
    return true
  }

  /** Of all kernels. */
  all(): readonly Begun[] {
    return [...this.#kernels.values()].flatMap((all) => [...all.values()])
  }

  /** Cancels it, where it runs. */
  drop(kernel: KernelId, id: string): void {
    const all = this.#kernels.get(kernel)
    all?.get(id)?.begun?.cancel()
    all?.delete(id)
    if (all?.size === 0) this.#kernels.delete(kernel)
  }

  /** A kernel that has ended. */
  dropAll(kernel: KernelId): void {
    for (const id of [...(this.#kernels.get(kernel)?.keys() ?? [])]) this.drop(kernel, id)
  }
}
