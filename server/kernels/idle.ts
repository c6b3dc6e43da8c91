// When a kernel nobody uses ends: pure. Busy counts as use; a started edit run may finish within a stated time without
// anybody looking; a reader's kernel ends with its view.
import { KERNEL } from '#protocol/limits.ts'
import type { Cause, KernelState } from '#protocol/runner.ts'

export type Verdict =
  | { readonly type: 'keep' }
  | { readonly type: 'warn'; readonly stopsAt: number }
  | { readonly type: 'stop'; readonly cause: Extract<Cause, 'idle' | 'unattended'> }

const KEEP: Verdict = { type: 'keep' }

export function judge(kernel: KernelState, now: number): Verdict {
  if (kernel.phase.phase === 'exited') return KEEP
  if (unattended(kernel, now)) return { type: 'stop', cause: 'unattended' }
  const since = idleSince(kernel)
  if (since === null) return KEEP
  const stopsAt = since + (kernel.spec.mode === 'edit' ? KERNEL.idleEdit : KERNEL.idleRun)
  if (now >= stopsAt) return { type: 'stop', cause: 'idle' }
  return now >= stopsAt - KERNEL.idleWarning ? { type: 'warn', stopsAt } : KEEP
}

function unattended({ spec, attached, detachedSince }: KernelState, now: number): boolean {
  if (attached !== null || detachedSince === null) return false
  return now - detachedSince >= (spec.mode === 'run' ? KERNEL.readerGrace : KERNEL.unattendedRun)
}

/** Looking counts from the last thing that ran or the last opening, whichever is later. */
function idleSince({ usage, phase, startedAt }: KernelState): number | null {
  if (phase.phase !== 'ready' || usage === null || usage.busy) return null
  return Math.max(usage.idleSince ?? startedAt, startedAt)
}
