import type { Clock } from '#protocol/wire.ts'

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #now = 1_000_000
  #timers: { readonly at: number; readonly run: () => void }[] = []

  readonly now = (): number => this.#now

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Runs what becomes due, in order; what it sets off (promises) is given a turn before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#now = next.at
      next.run()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#now = end
  }
}
