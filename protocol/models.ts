// The REST bodies of the shell's page on deployed models. Owners upload a file, are told what it takes, and say under which name it is
// asked, what it may get and who may ask it. What a person may not know answers 404, like what there is not.
import * as z from 'zod/mini'
import { PersonId } from './ids.ts'
import { Alias } from './library/llm.ts'
import { DeployedRules, FileDigest, ModelFile } from './policy/deployed.ts'
import { Reason } from './policy/edit.ts'

const Count = z.int().check(z.gte(0))
const Nothing = z.strictObject({})
const Edited = z.strictObject({ version: Count })
/** `onto`: the version that the change was made from; 0: there was none. */
const change = { onto: Count, reason: Reason }

/** A model that one may use. `makes`: names of what it says; null: of the operator's nobody knows before it is asked. */
export const DeployedSeen = z.strictObject({
  name: Alias,
  description: DeployedRules.shape.description,
  label: DeployedRules.shape.label,
  inputs: DeployedRules.shape.inputs,
  open: DeployedRules.shape.open,
  makes: z.nullable(z.readonly(z.array(z.string()))),
})
export type DeployedSeen = z.infer<typeof DeployedSeen>

/** `file` null, and version 0: the operator's, whose rules are in the configuration. */
export const DeployedCard = z.strictObject({
  name: Alias,
  rules: DeployedRules,
  file: z.nullable(ModelFile),
  version: Count,
  changed: z.nullable(
    z.strictObject({ by: z.strictObject({ id: PersonId, name: z.string() }), at: z.number(), reason: z.string() }),
  ),
})
export type DeployedCard = z.infer<typeof DeployedCard>

/** `:alias` is an Alias. */
export const MODELS_API = {
  'GET /api/models': { body: Nothing, answer: z.array(DeployedSeen), who: 'person' }, // members
  'GET /api/models/rules': { body: Nothing, answer: z.array(DeployedCard), who: 'person' }, // owners
  'POST /api/models/files': { body: Nothing, answer: ModelFile, who: 'person' }, // owners; body: the bytes. Without a model it goes in an hour
  'PUT /api/models/:alias': {
    body: z.strictObject({ rules: DeployedRules, file: FileDigest, ...change }),
    answer: Edited,
    who: 'person',
  }, // owners
  'POST /api/models/:alias/remove': { body: z.strictObject(change), answer: Edited, who: 'person' }, // owners
} as const
