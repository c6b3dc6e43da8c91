// The REST bodies of “What you see”: what a kernel has read, done and been refused, as the gateway decided it, and the requests that a
// person makes of it to the owner. Only the shell asks for them: neither a frame nor a kernel has a message for any.
import * as z from 'zod/mini'
import { PersonId, RequestId } from './ids.ts'
import { REQUEST } from './limits.ts'
import { Label } from './policy/label.ts'
import { TableName } from './policy/policy.ts'

const Time = z.number() // ms since the epoch
const Count = z.int().check(z.gte(0))
const Nothing = z.strictObject({})
const Named = z.strictObject({ id: PersonId, name: z.string() })

const UNSHOWN = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u // line breaks, and signs that turn the direction of a text
/** One line of a person's own words. */
export const Words = z.string().check(
  z.maxLength(REQUEST.words),
  z.refine((text) => text.isWellFormed() && !UNSHOWN.test(text)),
)

/** How a person stands with a table that is closed to them and that they may know of. `stale`: its rules have changed since they asked. */
export const Asking = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('none') }), // they may ask
  z.strictObject({ state: z.enum(['pending', 'stale']), id: RequestId, at: Time }),
  z.strictObject({ state: z.literal('refused'), at: Time, by: z.string(), words: z.string() }),
  z.strictObject({ state: z.literal('granted'), at: Time, by: z.string() }),
  z.strictObject({ state: z.literal('readable') }), // by now, and not by a request
])
export type Asking = z.infer<typeof Asking>

const Source = z.discriminatedUnion('of', [
  z.strictObject({ of: z.enum(['table', 'model']), name: z.string(), label: Label }), // model: answers of a deployed one
  z.strictObject({ of: z.enum(['library', 'workspace', 'source', 'files']), label: Label }), // source: the version that it was started with; files: beside it
])
const DEEDS = ['write', 'prompt', 'search', 'prediction', 'save'] as const
const Did = { text: z.string(), times: Count, at: Time } // at: the last time

export const Sight = z.strictObject({
  label: Label,
  /** What made it as high as it is. */
  raised: z.array(Source),
  tables: z.array(
    z.strictObject({
      name: z.string(),
      filtered: z.boolean(), // rows are left out
      columns: z.array(z.strictObject({ name: z.string(), masked: z.nullable(z.string()) })), // masked: the mask's kind
    }),
  ),
  library: z.nullable(Label), // of all passages that it was given; null: none
  done: z.array(z.strictObject({ what: z.enum(DEEDS), ...Did })), // the newest first
  refused: z.array(
    z.strictObject({
      what: z.enum(['read', ...DEEDS]),
      ...Did,
      ask: z.nullable(z.strictObject({ table: TableName, asking: Asking })), // null: nothing to ask for
    }),
  ), // the newest first
})
export type Sight = z.infer<typeof Sight>

/** An open request, for who makes the rules. `closed`: by what the table is, to them, now. `stale`: it was made under other rules. */
export const RequestCard = z.strictObject({
  id: RequestId,
  person: Named,
  table: TableName,
  at: Time,
  words: z.string(),
  closed: z.enum(['ungranted', 'clearance', 'policy']),
  why: z.string(), // in words
  state: z.enum(['pending', 'stale']),
})
export type RequestCard = z.infer<typeof RequestCard>

/** `:kernel` is a KernelId, `:request` a RequestId. */
export const SIGHT_API = {
  'GET /api/kernels/:kernel/sight': { body: Nothing, answer: Sight, who: 'person' }, // one's own
  'POST /api/kernels/:kernel/requests': {
    body: z.strictObject({ table: TableName, words: Words }), // a table that this kernel of one's own was refused
    answer: z.strictObject({ id: RequestId }),
    who: 'person',
  },
  'DELETE /api/requests/:request': { body: Nothing, answer: Nothing, who: 'person' }, // one's own, while it is open
  'GET /api/requests': { body: Nothing, answer: z.array(RequestCard), who: 'person' }, // owners: the open ones, the oldest first
  'POST /api/requests/:request/refusal': {
    body: z.strictObject({ words: Words.check(z.regex(/\S/)) }),
    answer: Nothing,
    who: 'person',
  }, // owners
} as const
