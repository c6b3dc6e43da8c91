// Texts as vectors, by an endpoint of the operator's: what means something alike lies close together.
import type { Label } from '#protocol/policy/label.ts'
import type { Failure } from './models.ts'

/** A vector of length one for each text, in their order, all with as many dimensions. */
export type Embedded =
  | { readonly ok: true; readonly vectors: readonly Float32Array[] }
  | { readonly ok: false; readonly why: Failure }

export interface Embeddings {
  /** Within so many ms; it never throws. What is aborted failed. */
  embed(texts: readonly string[], within: number, signal: AbortSignal): Promise<Embedded>
}

/** What the operator set up, and the way to it. */
export type Embedder = {
  readonly model: string // which endpoint and which of its models: only vectors of the same one are compared
  readonly label: Label // the highest of what it may be sent
  readonly embeddings: Embeddings
}
