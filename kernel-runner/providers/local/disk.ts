// The disk is everybody's: when little of it is free, whoever writes most is stopped, before nobody's work can be saved. It is
// the net below the limit of each kernel (scratch.ts): for what many write together, and for files nobody can see.
import type { Room } from '../provider.ts'

const MiB = 1024 * 1024
const RESERVE = 2048 * MiB // free space to be kept
const LEAST = 16 * MiB // within one sample: less is no reason for a full disk

export class Disk {
  readonly #free: () => number
  readonly #wrote = new Map<string, number>() // by kernel, within its last sample

  /** `free`: bytes that may still be written to the disk. */
  constructor(free: () => number) {
    this.#free = free
  }

  /** What is left for a kernel that wrote this much since it was last asked. */
  judge(kernel: string, wrote: number): Room {
    this.#wrote.set(kernel, wrote)
    if (wrote < LEAST || this.#free() >= RESERVE) return 'enough'
    return wrote >= Math.max(...this.#wrote.values()) ? 'none' : 'enough'
  }

  forget(kernel: string): void {
    this.#wrote.delete(kernel)
  }
}
