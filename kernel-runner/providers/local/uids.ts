// A user id of its own for every kernel, from a range reserved for them. An id goes back only when no process has it any
// more; one that another runner on this machine uses is passed over.
import fs from 'node:fs'

const RANGE = { first: 61_000, last: 61_999 } as const

/** The user ids of all processes, by their own word: the folder in /proc of one that may not be looked into is root's. */
export function idsInUse(): Set<number> {
  const ids = new Set<number>()
  for (const name of fs.readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? /^Uid:\s+(\d+)\s+(\d+)/m.exec(statusOf(name)) : null
    for (const id of found?.slice(1) ?? []) ids.add(Number(id))
  }
  return ids
}

/** Empty: it vanished while it was looked at. */
function statusOf(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/status`, 'latin1')
  } catch {
    return ''
  }
}

export class UidPool {
  readonly #taken = new Set<number>()
  readonly #inUse: () => Set<number>
  #next: number

  constructor(inUse: () => Set<number> = idsInUse, start: number = RANGE.first + Math.floor(Math.random() * 1000)) {
    this.#inUse = inUse
    this.#next = start
  }

  /** Null: all are in use. */
  take(): number | null {
    const inUse = this.#inUse()
    for (let tries = RANGE.first; tries <= RANGE.last; tries += 1) {
      const uid = this.#next
      this.#next = uid >= RANGE.last ? RANGE.first : uid + 1
      if (this.#taken.has(uid) || inUse.has(uid)) continue
      this.#taken.add(uid)
      return uid
    }
    return null
  }

  /** False: something of it is still there; it is given out again only once that has gone. */
  giveBack(uid: number): boolean {
    this.#taken.delete(uid)
    return !this.#inUse().has(uid)
  }
}
