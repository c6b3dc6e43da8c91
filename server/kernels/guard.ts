// Keeps kernels within the rights of their people: when shares are edited, at the moment they run out, and on a beat.
import type { NotebookId } from '#protocol/ids.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Desk } from '../notebooks/desk.ts'
import type { Kernels } from '../seams/kernels.ts'
import { makeEnd } from './ending.ts'
import { watchExpiry } from './expiry.ts'
import { type Guarding, type Rights, recheck } from './rights.ts'

export type Guard = {
  /** After an edit of a notebook's shares: what it takes away has ended, and the next to run out is known. */
  changed(notebook: NotebookId): Promise<void>
  beat(): Promise<void>
  close(): void
}
type Options = { readonly kernels: Kernels; readonly desk: Desk; readonly rights: Rights; readonly clock: Clock }

export function makeGuard({ kernels, desk, rights, clock }: Options): Guard {
  const { leases, events, log } = desk
  const guarding: Guarding = { kernels, rights, leases, demote: makeEnd(kernels, events, clock, 'demoted'), log }
  const judge = (notebook: NotebookId) => recheck(guarding, notebook)
  const expiry = watchExpiry({ desk, clock, recheck: judge })
  void expiry.look()
  const later = (error: unknown) => log.error({ err: error }, 'kernels not judged after an edit of shares; the next beat does')
  return {
    changed: async (notebook) => void (await Promise.all([judge(notebook).catch(later), expiry.look()])),
    beat: async () => {
      await expiry.look()
      await recheck(guarding)
    },
    close: expiry.close,
  }
}
