// Work on one kernel: so much at once, and none is begun while there is no room for what it brings. It waits in order.
export class Turns {
  readonly #most: number
  readonly #room: () => boolean
  #waiting: (() => void)[] = []
  #underWay = 0

  constructor(most: number, room: () => boolean) {
    this.#most = most
    this.#room = room
  }

  /** Does the work when its turn comes; never, where `end` was called first. */
  async take(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    this.next()
    await promise
    try {
      await work()
    } finally {
      this.#underWay -= 1
      this.next()
    }
  }

  /** There may be room again. */
  next(): void {
    while (this.#underWay < this.#most && this.#room()) {
      const begin = this.#waiting.shift()
      if (!begin) return
      this.#underWay += 1
      begin()
    }
  }

  end(): void {
    this.#waiting = []
  }
}
