// One at a time per key, in order of arrival; different keys do not wait for each other.
export type Serial = <T>(key: string, work: () => Promise<T>) => Promise<T>

export function makeSerial(): Serial {
  const tails = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = tails.get(key)
    const mine = (before ?? Promise.resolve()).then(work, work)
    tails.set(key, mine)
    try {
      return await mine
    } finally {
      if (tails.get(key) === mine) tails.delete(key)
    }
  }
}
