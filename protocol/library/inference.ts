// What `scrydon.inference` asks. Rows come in the question, in batches, and what a model makes of them in its answer: asked again after a
// lost connection, a batch is scored again, and nothing is changed by it.
import * as z from 'zod/mini'
import { INFERENCE } from '../limits.ts'
import { Label } from '../policy/label.ts'
import { Alias } from './llm.ts'

export const VALUE_TYPES = ['text', 'integer', 'real', 'boolean'] as const
export type ValueType = (typeof VALUE_TYPES)[number]

const Name = z.string().check(z.minLength(1), z.maxLength(255))
/** A column that a model takes. */
export const Input = z.strictObject({ name: Name, type: z.enum(VALUE_TYPES) })
export type Input = z.infer<typeof Input>
export const Inputs = z
  .readonly(z.array(Input).check(z.minLength(1), z.maxLength(INFERENCE.inputs)))
  .check(z.refine((all) => new Set(all.map(({ name }) => name)).size === all.length))

const values = <T extends z.ZodMiniType>(one: T) => z.readonly(z.array(one).check(z.minLength(1), z.maxLength(INFERENCE.rows)))
const Text = z.string()
const column = <T extends ValueType, V extends z.ZodMiniType>(type: T, one: V) =>
  z.strictObject({ name: Name, type: z.literal(type), values: values(one) })
const others = [column('text', Text), column('integer', z.int()), column('boolean', z.boolean())] as const

/** Of rows that are scored: every value is there. */
export const Column = z.discriminatedUnion('type', [...others, column('real', z.number())])
export type Column = z.infer<typeof Column>
/** Of what a model says: a real may be none. */
export const Made = z.discriminatedUnion('type', [...others, column('real', z.nullable(z.number()))])
export type Made = z.infer<typeof Made>

/** `label`: the highest whose rows it may get, which is what its answers count as. */
const Deployed = z.strictObject({ name: Alias, description: z.string(), label: Label, inputs: Inputs })
const model = z.string().check(z.maxLength(64))

export const INFERENCE_CALLS = {
  'inference.models': { ask: z.strictObject({}), answer: z.strictObject({ models: z.array(Deployed) }) },
  'inference.describe': { ask: z.strictObject({ model }), answer: Deployed },
  'inference.predict': {
    ask: z.strictObject({ model, columns: z.readonly(z.array(Column).check(z.minLength(1), z.maxLength(INFERENCE.inputs))) }),
    answer: z.strictObject({ columns: z.array(Made), label: Label }), // as many rows, in their order
  },
} as const
