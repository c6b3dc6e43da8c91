// What the REST layer needs of kernels. The real one speaks to the runner and mirrors its state; `none` says that
// there is no runner. A kernel that has exited stays findable until the same opening starts again.
import type { KernelId } from '#protocol/ids.ts'
import type { Link } from '#protocol/link.ts'
import type { Cause, KernelSpec, KernelState, Opening, RunnerEvent, RunnerInfo, RunnerRefusal } from '#protocol/runner.ts'

export type Started =
  | { readonly type: 'started'; readonly state: KernelState }
  | { readonly type: 'refused'; readonly refusal: RunnerRefusal }
  | { readonly type: 'absent' } // the runner is not there: say so, offer to try again

/** Every event carries the state after it, so a listener never has to ask back. */
export type KernelEvent = { readonly event: RunnerEvent; readonly state: KernelState }

/** What the library in a kernel asked, a line, and its answer. */
export type AnswerKernel = (kernel: KernelState, line: string) => Promise<string>

/** Kernels that can be reached: what the multiplexer opens channels on. */
export interface LiveKernels extends Kernels {
  /** The link to the runner, or null while there is none or the rights of its kernels are being judged anew. */
  link(): Link | null
  /**
   * Connects, and stops every kernel for which `wrong` names a cause before the link is offered; then `answer` hears its kernels.
   * `met`: from now on they are known here; an edit that came while they were judged has found none.
   */
  begin(wrong: (state: KernelState) => Promise<Cause | null>, answer: AnswerKernel, met?: () => void): void
  close(): void
}

export interface Kernels {
  /** Null: the runner is not there. */
  info(): RunnerInfo | null
  /** What kernels that start now can import, asked anew: an operator may have added some. Null: the runner is not there. */
  packages(): Promise<RunnerInfo['packages'] | null>
  /** All known kernels, the exited ones too. From the mirror: no round trip. */
  list(): readonly KernelState[]
  get(kernel: KernelId): KernelState | null
  /** The newest kernel of exactly this opening, alive or exited: a preview is found by its profile, and is no other reader's kernel. */
  find(opening: Opening): KernelState | null
  /** Resolves when the runner has accepted it; progress and death arrive as events. */
  start(spec: KernelSpec, source: string): Promise<Started>
  /** Idempotent; resolves when the runner has accepted it, or at once when there is no such kernel or no runner. */
  stop(kernel: KernelId, cause: Cause): Promise<void>
  subscribe(listener: (event: KernelEvent) => void): () => void
}
