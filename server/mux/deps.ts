import type { TabId } from '#protocol/ids.ts'
import type { Clock } from '#protocol/wire.ts'
import type { CommandRefused } from '../kernels/command.ts'
import type { Saves } from '../kernels/saves.ts'
import type { Log } from '../log.ts'
import type { Access, Leases } from '../seams/document.ts'
import type { Events } from '../seams/events.ts'
import type { Proof, Sessions } from '../seams/identity.ts'
import type { LiveKernels } from '../seams/kernels.ts'
import type { Store } from '../seams/store.ts'
import type { Audit } from './audit.ts'

/** Who a socket has proved to be, and the browser tab it is. */
export type Signed = Proof & { readonly tab: TabId }

export type MuxDeps = {
  readonly origin: () => string // of the shell; known once the gateway listens
  readonly sessions: Sessions
  readonly tabs: Store['tabs']
  readonly access: Access
  readonly leases: Pick<Leases, 'sign' | 'release'>
  readonly events: Events
  readonly kernels: LiveKernels
  readonly saves: Saves
  readonly clock: Clock
  readonly log: Log
  /** Every one is counted; the log has a person's first of a minute (audit.ts). */
  readonly commandRefused: (command: CommandRefused) => void
}

/** With what all sockets of a gateway share. */
export type HouseDeps = MuxDeps & { readonly audit: Audit }
