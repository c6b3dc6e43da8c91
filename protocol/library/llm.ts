// What `scrydon.llm` asks. An answer is pulled: `llm.begin` starts it under an id that the library makes up, `llm.next` asks for what
// comes after a place, so that whatever is asked again after a lost connection is harmless.
import * as z from 'zod/mini'
import { MODEL } from '../limits.ts'
import { Label } from '../policy/label.ts'

const CallId = z.string().check(z.regex(/^[A-Za-z0-9_-]{16,40}$/))
export const Alias = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/))
export type Alias = z.infer<typeof Alias>
const Count = z.int().check(z.gte(0))

export const MESSAGE_ROLES = ['system', 'user', 'assistant'] as const
const Message = z.strictObject({ role: z.enum(MESSAGE_ROLES), content: z.string() })

/** Whole: `complete`; cut by its number of tokens: `length`; by the endpoint's own rules: `filter`. */
export const ANSWER_ENDS = ['complete', 'length', 'filter'] as const

/** `tokens`: of one answer. `label`: the highest whose data it may get. */
const Listed = z.strictObject({ name: Alias, tokens: Count, label: Label })

export const LLM_CALLS = {
  'llm.models': { ask: z.strictObject({}), answer: z.strictObject({ models: z.array(Listed), left: Count }) },
  'llm.begin': {
    ask: z.strictObject({
      id: CallId,
      model: z.string().check(z.maxLength(64)),
      messages: z.readonly(z.array(Message).check(z.minLength(1), z.maxLength(MODEL.messages))),
      tokens: z.nullable(z.int().check(z.gte(1))), // of the answer, at most; null: as many as the model may give
      temperature: z.nullable(z.number().check(z.gte(0), z.lte(2))), // null: the endpoint's own
    }),
    answer: z.strictObject({}),
  },
  'llm.next': {
    ask: z.strictObject({ id: CallId, after: Count }), // 0, or the `at` of the answer before
    answer: z.strictObject({ text: z.string(), at: Count, end: z.nullable(z.enum(ANSWER_ENDS)) }), // null: ask on
  },
  'llm.cancel': { ask: z.strictObject({ id: CallId }), answer: z.strictObject({}) },
} as const
