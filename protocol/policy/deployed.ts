// A model that the workspace's owner deployed: what they say of it, and the file that it is, by its digest.
import * as z from 'zod/mini'
import { Inputs, VALUE_TYPES } from '../library/inference.ts'
import { Alias } from '../library/llm.ts'
import { INFERENCE } from '../limits.ts'
import { Readers } from '../release.ts'
import { Label } from './label.ts'
import { OPEN_TO } from './route.ts'

export const FileDigest = z.string().check(z.regex(/^[0-9a-f]{64}$/)) // SHA-256

/** A tensor that a file says it takes or makes. `width`: how many columns; null: as many as there are. */
export const Tensor = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  type: z.enum(VALUE_TYPES),
  width: z.nullable(z.int().check(z.gte(1))),
})
export type Tensor = z.infer<typeof Tensor>

export const ModelFile = z.strictObject({
  digest: FileDigest,
  bytes: z.int().check(z.gte(1), z.lte(INFERENCE.file)),
  takes: z.readonly(z.array(Tensor).check(z.minLength(1), z.maxLength(INFERENCE.inputs))),
  makes: z.readonly(z.array(Tensor).check(z.minLength(1), z.maxLength(INFERENCE.outputs))),
})
export type ModelFile = z.infer<typeof ModelFile>

/** `label`: the highest whose rows it may get, which is what its answers count as. `to`: who may use it, if it is open. */
export const DeployedRules = z.strictObject({
  description: z.string().check(z.maxLength(500)),
  label: Label,
  inputs: Inputs,
  open: z.enum(OPEN_TO),
  to: Readers,
})
export type DeployedRules = z.infer<typeof DeployedRules>

export const DeployedModel = z.strictObject({ name: Alias, rules: DeployedRules, file: ModelFile })
export type DeployedModel = z.infer<typeof DeployedModel>
