// What answers the library's calls: each area gives its own, and together they are total.
import type { Answered, Asked, LibraryCall } from '#protocol/library.ts'
import type { KernelState } from '#protocol/runner.ts'

export type Answers<Call extends LibraryCall = LibraryCall> = {
  readonly [C in Call]: (kernel: KernelState, ask: Asked<C>) => Promise<Answered<C>>
}
