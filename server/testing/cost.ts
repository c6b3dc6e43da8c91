// What a piece of work costs this thread, whatever the machine does beside it.

/** Milliseconds of processor time: the least of three. */
export function cost(work: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

/** Sixteen times as much costs 16 times where it is linear and 256 times where it is not; between them is room for noise. */
export function linear(small: () => unknown, sixteenTimes: () => unknown): boolean {
  return cost(sixteenTimes) < 100 * cost(small) + 50
}
