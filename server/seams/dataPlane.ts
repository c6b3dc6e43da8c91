// The service next to the data: it runs what was decided here and streams the rows to the kernel's own door. It knows no person
// and no policy.
import type { KernelId } from '#protocol/ids.ts'
import type { Literal } from '#protocol/policy/values.ts'

export type Statement = { readonly sql: string; readonly parameters: readonly Parameter[] }
/** bytes: hexadecimal. An integer is a decimal string where it needs 64 bits. */
export type Parameter = Literal | { readonly type: 'bytes'; readonly value: string }

/** One decided read: once, for one kernel, within `life` seconds, under the epochs it was decided in. */
export type Plan = {
  readonly id: string
  readonly kernel: KernelId
  readonly sql: string
  readonly parameters: readonly Parameter[]
  readonly life: number // seconds
  readonly seconds: number // that it may run
  readonly rows: number | null // more end it; null: as many as there are
  readonly size: number // bytes that may be sent
  readonly policy: number
  readonly rights: number
}

/** `absent`: it is not there, or did not answer in time. */
export type Taken = 'taken' | 'busy' | 'absent'
export type Asked =
  | { readonly type: 'rows'; readonly rows: readonly (readonly unknown[])[] }
  | { readonly type: 'failed' | 'absent' }

export type Done = { readonly plan: string; readonly rows: number; readonly end: 'complete' | 'cut' | 'failed' }

export interface DataPlane {
  /** Connects; `ready` is called each time it is there anew, `lost` when it goes, `done` when a plan that was presented has ended. */
  begin(epoch: () => Promise<number>, hear: { ready(): void; lost(): void; done(done: Done): void }): void
  /** Opens a kernel's door at a path, or finds it open. */
  open(kernel: KernelId, path: string, rights: number): Promise<Taken>
  plan(plan: Plan): Promise<Taken>
  /** A few rows for the gateway itself. */
  ask(statement: Statement, seconds: number): Promise<Asked>
  /** Every table with its columns and their types; null: it is not there. */
  tables(): Promise<Readonly<Record<string, unknown>> | null>
  /** Closes the door and cuts what runs; nothing of this kernel's may run again until it is opened anew. */
  forget(kernel: KernelId): void
  /** Cuts what was decided before this epoch. */
  policy(epoch: number): void
  close(): void
}
