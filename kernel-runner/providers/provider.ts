// The seam: where a kernel runs. What it can do is marimo's affair; the provider starts a marimo server in whatever
// confinement it offers, says where its unix socket is, how much it uses and how it ended, and leaves nothing behind.
import type { Duplex } from 'node:stream'
import type { KernelId } from '#protocol/ids.ts'
import type { KernelSpec, Limits } from '#protocol/runner.ts'

export type StartStep = 'queued' | 'sandbox' | 'python' | 'notebook'

export type Order = {
  readonly spec: KernelSpec
  readonly source: Uint8Array // the notebook, written as it is
  readonly session: string // marimo's session id, minted by the runner
  readonly library: (connection: Duplex) => void // each that is opened from inside, until the end
}

/** How a process ended. `unknown`: it is gone and nobody saw how. */
export type Death =
  | { readonly type: 'exit'; readonly value: number }
  | { readonly type: 'signal'; readonly value: number }
  | { readonly type: 'memory' }
  | { readonly type: 'unknown' }

export type ProviderEvent =
  | { readonly type: 'step'; readonly step: 'sandbox' | 'python' }
  | { readonly type: 'listening'; readonly socket: string } // a path the runner may connect to until `end`
  | { readonly type: 'failed'; readonly why: string | null } // it will never listen; one sentence, or nothing to add
  | { readonly type: 'died'; readonly death: Death } // its server is gone

/** Whether the machine's disk can bear what this kernel writes. */
export type Room = 'enough' | 'none'

/** cpu: milliseconds of one core since the start. */
export type Sample = { readonly memory: number; readonly cpu: number; readonly scratch: number; readonly disk: Room }

export interface KernelProcess {
  /** What it uses now; null where that cannot be told (any more). Cheap enough for every two seconds. */
  sample(): Promise<Sample | null>
  /**
   * Is its server gone, or was a process of it ended for memory? null: all is well as far as can be seen. `told`: its server
   * has said that it goes on without its Python, so that nothing is waited for.
   */
  inspect(told: boolean): Promise<Death | null>
  /** Ends every process of it and wipes its folder. Resolves when nothing is left; may be called again. */
  end(): Promise<void>
}

export type ProviderInfo = {
  readonly level: 0 | 1 | 2 | 3
  readonly why: readonly string[]
  readonly packages: readonly { readonly name: string; readonly version: string }[]
  readonly marimo: string
  readonly python: string
}

export interface KernelProvider {
  /** Removes what an earlier instance left, proves the isolation it offers, and is then ready to start kernels. */
  open(): Promise<ProviderInfo>
  /** What kernels that start now can import: an operator may have added to it since `open`. */
  packages(): ProviderInfo['packages']
  /** Where a data plane on this machine may listen for this kernel; null: nowhere that only it can reach. */
  dataSocket(kernel: KernelId): string | null
  /** Returns at once; progress and failure arrive as events, none after `end` was called. */
  start(order: Order, report: (event: ProviderEvent) => void): KernelProcess
  /** After every kernel has ended. */
  close(): Promise<void>
}

export class ProviderDown extends Error {}

export type { Limits }
