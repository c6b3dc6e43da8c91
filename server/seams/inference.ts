// Deployed models: which there are and what they take, and what one makes of a batch of rows.
import type { Column, Input, Made } from '#protocol/library/inference.ts'
import type { ModelFile } from '#protocol/policy/deployed.ts'
import type { Label } from '#protocol/policy/label.ts'

/** `name`: as notebooks say it. `label`: the highest whose rows it may get, which is what its answers count as. */
export type Deployed = {
  readonly name: string
  readonly description: string
  readonly label: Label
  readonly readers: boolean // open to kernels of readers
  readonly inputs: readonly Input[]
}

/** `whose`: rows of two of them are never in one place of ours at once. `columns`: those of the model's inputs, equally long, in any order. */
export type Batch = { readonly whose: string; readonly model: string; readonly columns: readonly Column[] }

export const INFERENCE_FAILURES = [
  'unreachable',
  'silent', // no answer within the time for one
  'unauthorised',
  'unknown', // it is not there any more
  'busy',
  'rejected', // it does not take these rows
  'failed',
  'redirected', // which is never followed
  'garbled',
  'too-long',
  'unusable', // it is another than it is described as
] as const
export type InferenceFailure = (typeof INFERENCE_FAILURES)[number]

/** `columns`: as many rows as were asked of, in their order. */
export type Predicted =
  | { readonly ok: true; readonly columns: readonly Made[] }
  | { readonly ok: false; readonly why: InferenceFailure }

/** What a model file says of itself. */
export type Described =
  | ({ readonly ok: true } & Pick<ModelFile, 'takes' | 'makes'>)
  | { readonly ok: false; readonly why: InferenceFailure }

export interface Inference {
  /** By name. What cannot be used is left out. */
  list(): Promise<readonly Deployed[]>
  /** It never throws, and answers within INFERENCE.seconds and what loading takes. */
  predict(batch: Batch): Promise<Predicted>
  /** Nothing of theirs is kept any longer. */
  forget(whose: string): void
  close(): void
}

/** Where models are files. */
export interface FileInference extends Inference {
  /** Of a file that is no model yet, hostile as it may be. It never throws; one at a time. */
  describe(file: Uint8Array): Promise<Described>
}
