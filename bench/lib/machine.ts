// What the machine says of itself.
import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'

/** MB that could be given out. */
export const available = (): number => Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024

/** How busy it was, beside a figure: by itself a time says little. */
export const load = (): string => `load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`
