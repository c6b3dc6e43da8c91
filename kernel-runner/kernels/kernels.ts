// All kernels of this runner: admits, queues, watches and stops them, and remembers for a while how the last ones ended.
import type { KernelId } from '#protocol/ids.ts'
import type { Cause, KernelSpec, KernelState, RunnerRefusal } from '#protocol/runner.ts'
import { ENDED, START, WATCH } from '../bounds.ts'
import { admit, type Host } from './admission.ts'
import { Kernel, type World } from './kernel.ts'

export class Kernels {
  readonly #world: World
  readonly #host: () => Host
  readonly #kernels = new Map<KernelId, Kernel>()
  readonly #ended = new Map<KernelId, { readonly state: KernelState; readonly at: number }>()
  #waiting: Kernel[] = []
  #starting = 0
  #cancelWatch: () => void = () => {}
  #closing = false

  constructor(world: World, host: () => Host) {
    this.#world = world
    this.#host = host
    this.#watchLater()
  }

  get(id: KernelId): Kernel | undefined {
    return this.#kernels.get(id)
  }

  list(): KernelState[] {
    this.#forget()
    return [...[...this.#ended.values()].map(({ state }) => state), ...[...this.#kernels.values()].map(({ state }) => state)]
  }

  /** What was said when this kernel ended. */
  lastWords(id: KernelId): string | undefined {
    const phase = (this.#kernels.get(id)?.state ?? this.#ended.get(id)?.state)?.phase
    return phase?.phase === 'exited' ? phase.message : undefined
  }

  start(spec: KernelSpec, source: Uint8Array): { readonly state: KernelState } | { readonly refusal: RunnerRefusal } {
    if (this.#closing)
      return { refusal: { code: 'zygote-down', message: 'The service that runs kernels is stopping. Try again shortly.' } }
    if (this.#ended.has(spec.id)) return { refusal: { code: 'exists', message: 'This kernel has already run.' } }
    const refusal = admit(spec, this.#alive(), this.#waiting.length, this.#host())
    if (refusal) return { refusal }
    const kernel = new Kernel(spec, source, this.#world)
    this.#kernels.set(spec.id, kernel)
    void kernel.gone.then(() => this.#buried(kernel))
    this.#waiting.push(kernel)
    const { state } = kernel
    queueMicrotask(() => this.#next())
    return { state }
  }

  stop(id: KernelId, cause: Cause): boolean {
    const kernel = this.#kernels.get(id)
    kernel?.stop(cause)
    return kernel !== undefined || this.#ended.has(id)
  }

  /** Ends all of them; resolves when nothing is left. */
  async close(cause: Cause): Promise<void> {
    this.#closing = true
    this.#cancelWatch()
    for (const kernel of this.#kernels.values()) kernel.stop(cause)
    await Promise.all([...this.#kernels.values()].map((kernel) => kernel.gone))
  }

  #alive(): KernelSpec[] {
    return [...this.#kernels.values()].filter((kernel) => kernel.alive).map(({ spec }) => spec)
  }

  #next(): void {
    this.#waiting = this.#waiting.filter((kernel) => kernel.alive)
    while (this.#starting < START.together) {
      const kernel = this.#waiting.shift()
      if (!kernel) return
      this.#starting += 1
      void kernel.begin().finally(() => {
        this.#starting -= 1
        this.#next()
      })
    }
  }

  #buried(kernel: Kernel): void {
    this.#kernels.delete(kernel.spec.id)
    this.#ended.set(kernel.spec.id, { state: kernel.state, at: this.#world.clock.now() })
    this.#forget()
  }

  #forget(): void {
    const before = this.#world.clock.now() - ENDED.kept
    for (const [id, { at }] of this.#ended) if (at < before || this.#ended.size > ENDED.count) this.#ended.delete(id)
  }

  #watchLater(): void {
    this.#cancelWatch = this.#world.clock.after(WATCH.sample, () => void this.#watch())
  }

  /** One after the other: watching a hundred kernels must not come as one burst. */
  async #watch(): Promise<void> {
    for (const kernel of [...this.#kernels.values()]) {
      if (this.#closing) return
      await kernel.watch().catch((error: unknown) => this.#world.log.warn({ kernel: kernel.spec.id, err: error }, 'kernel-watch'))
    }
    if (!this.#closing) this.#watchLater()
  }
}
