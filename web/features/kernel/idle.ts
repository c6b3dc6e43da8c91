// When a kernel stops because nobody uses it, and when that is near enough to be said. Pure; the server decides the same way.
import { KERNEL } from '#protocol/limits.ts'
import type { Role } from '#protocol/roles.ts'
import type { Usage } from '#protocol/runner.ts'

export const idleLimit = (mode: Role): number => (mode === 'edit' ? KERNEL.idleEdit : KERNEL.idleRun)

/** The moment it would stop, or null while it is busy. */
export const idleStop = ({ idleSince }: Usage, mode: Role): number | null =>
  idleSince === null ? null : idleSince + idleLimit(mode)

/** The same moment once it is near, else null. */
export function idleSoon(usage: Usage, mode: Role, now: number): number | null {
  const at = idleStop(usage, mode)
  return at !== null && now >= at - KERNEL.idleWarning ? at : null
}
