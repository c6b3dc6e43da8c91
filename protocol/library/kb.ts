// What `scrydon.kb` asks. Passages come with the answer: they are few and short, as limits.ts bounds them.
import * as z from 'zod/mini'
import { DOCUMENTS } from '../limits.ts'
import { Label } from '../policy/label.ts'

/** `source`: the name of the file that the document was made from. */
const Passage = z.strictObject({ title: z.string(), passage: z.string(), source: z.string(), label: Label })

/** How passages were found: by words and meaning, or by words only. `message`: why so, where a person should know. */
export const Ranking = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('hybrid') }),
  z.strictObject({
    by: z.literal('full-text'),
    why: z.enum(['unset', 'nothing', 'label', 'unprepared', 'busy', 'failed']),
    message: z.nullable(z.string()),
  }),
])
export type Ranking = z.infer<typeof Ranking>

export const KB_CALLS = {
  'kb.search': {
    ask: z.strictObject({
      query: z.string().check(z.maxLength(DOCUMENTS.query)),
      limit: z.int().check(z.gte(0), z.lte(DOCUMENTS.results)),
    }),
    answer: z.strictObject({ documents: z.array(Passage), ranking: Ranking }), // best first
  },
} as const
