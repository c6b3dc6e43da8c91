// From raw samples to what a person is shown: CPU as cores, idle since when, and whether it is worth an event.
import type { Usage } from '#protocol/runner.ts'
import { WATCH } from '../bounds.ts'
import type { Sample } from '../providers/provider.ts'

const MEMORY_STEP = 16 * 1024 * 1024
const CPU_STEP = 0.1

export class UsageMeter {
  #last: { readonly sample: Sample; readonly at: number } | null = null
  #cpu = 0
  #activeAt: number
  #reported: { readonly usage: Usage; readonly at: number } | null = null

  constructor(now: number) {
    this.#activeAt = now
  }

  /** A command of a person or the end of a run: idleness counts from here. */
  active(now: number): void {
    this.#activeAt = now
  }

  sampled(sample: Sample, now: number): void {
    const last = this.#last
    if (last && now > last.at) this.#cpu = Math.max(0, (sample.cpu - last.sample.cpu) / (now - last.at))
    this.#last = { sample, at: now }
  }

  usage(busy: boolean): Usage | null {
    if (!this.#last) return null
    const cpu = Math.round(this.#cpu * 100) / 100
    return { memory: this.#last.sample.memory, cpu, busy, idleSince: busy ? null : this.#activeAt }
  }

  /** The usage to tell now, or null where nothing changed that a person would see. */
  report(busy: boolean, now: number): Usage | null {
    const usage = this.usage(busy)
    const before = this.#reported
    if (!usage || (before && !worthTelling(before.usage, usage, now - before.at))) return null
    this.#reported = { usage, at: now }
    return usage
  }
}

function worthTelling(before: Usage, now: Usage, since: number): boolean {
  if (before.busy !== now.busy) return true
  if (Math.abs(before.memory - now.memory) >= MEMORY_STEP || Math.abs(before.cpu - now.cpu) >= CPU_STEP) return true
  return since >= WATCH.report && (before.memory !== now.memory || before.cpu !== now.cpu || before.idleSince !== now.idleSince)
}
