// What the workspace's owner says of a language model, by the alias that notebooks use. Where models are and with which key they are
// asked is the operator's, and stands in the configuration alone.
import * as z from 'zod/mini'
import { Label } from './label.ts'

/** Whose kernels may ask it: none; those that edit; those of readers, too. */
export const OPEN_TO = ['nobody', 'editors', 'readers'] as const
export type OpenTo = (typeof OPEN_TO)[number]

const TOKENS = 1_000_000_000_000 // of a day, the most that can be said

/** The endpoint's own name of a model. */
export const ModelName = z.string().check(z.minLength(1), z.maxLength(200))
export const RouteRules = z.strictObject({
  model: ModelName, // one of those that the operator set up
  label: Label, // the highest of a kernel whose prompts it may get
  open: z.enum(OPEN_TO),
  perDay: z.nullable(z.int().check(z.gte(0), z.lte(TOKENS))), // tokens of one person; null: as many as they have in all
})
export type RouteRules = z.infer<typeof RouteRules>
