// Control messages of a link (JSON in control frames on channel 0) and the heads of commands.
// Hello comes first; before it nothing else is read. zod-checked on arrival, both ways.
//
//   browser                gateway                          runner
//   hello {bearer} ------> welcome {tab, resume}
//   open {channel 1} ----> open {channel 7} --------------> opened {channel 7, stream, ...}
//          <-------------- opened {channel 1, stream, ...}
//   request #1 ----------> (allow-list) request #1 -------> to marimo
//          <-------------- text #n, response #n <---------- from the ring
import * as z from 'zod/mini'
import { CLOSE_NAMES } from './close.ts'
import { ErrorId, KernelId, PersonId, TabId } from './ids.ts'

const Count = z.int().check(z.gte(0))
const ChannelId = z.int().check(z.gte(1), z.lte(2 ** 31 - 1))

export const Resource = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('kernel'), kernel: KernelId }),
  z.strictObject({ type: z.literal('events') }),
  z.strictObject({ type: z.literal('runner') }), // this and the next are refused by the gateway's browser side
  z.strictObject({ type: z.literal('library') }),
])
export type Resource = z.infer<typeof Resource>

/**
 * Where a returning side stands. `stream` names one uninterrupted run of sequences: the runner mints a new one whenever
 * marimo replays from the start, so a resume is possible only within the same stream. `received`: the last message
 * of the far side that arrived whole.
 */
export const ResumePoint = z.strictObject({ stream: z.string().check(z.maxLength(64)), received: Count })
export type ResumePoint = z.infer<typeof ResumePoint>

export const FromOpener = z.discriminatedUnion('type', [
  // To the gateway. `resume`: the token of the last welcome, spent by this use.
  z.strictObject({
    type: z.literal('hello'),
    protocol: z.literal(1),
    bearer: z.string().check(z.maxLength(512)),
    resume: z.optional(z.string().check(z.maxLength(128))),
  }),
  z.strictObject({ type: z.literal('renew'), bearer: z.string().check(z.maxLength(512)) }),
  // `tab` is set by the gateway towards the runner and refused from a browser: the attachment it speaks for.
  z.strictObject({
    type: z.literal('open'),
    channel: ChannelId,
    resource: Resource,
    window: Count,
    resume: z.optional(ResumePoint),
    tab: z.optional(TabId),
  }),
  z.strictObject({ type: z.literal('close'), channel: ChannelId }),
  z.strictObject({ type: z.literal('ping'), nonce: Count }),
  z.strictObject({ type: z.literal('pong'), nonce: Count }),
])
export type FromOpener = z.infer<typeof FromOpener>

export const FromServer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('welcome'), tab: TabId, person: PersonId, resume: z.string(), resumed: z.boolean() }),
  // `stream`/`next`: the first sequence that will come. `received`: the opener's last message that arrived whole; the
  // opener sends again what came after it. `resumed` false: everything before is void and marimo replays.
  z.strictObject({
    type: z.literal('opened'),
    channel: ChannelId,
    stream: z.string(),
    next: Count,
    received: Count,
    resumed: z.boolean(),
    window: Count,
  }),
  z.strictObject({
    type: z.literal('closed'),
    channel: ChannelId,
    reason: z.enum(CLOSE_NAMES),
    detail: z.optional(z.string().check(z.maxLength(500))),
    id: z.optional(ErrorId),
  }),
  z.strictObject({ type: z.literal('ping'), nonce: Count }),
  z.strictObject({ type: z.literal('pong'), nonce: Count }),
])
export type FromServer = z.infer<typeof FromServer>

/** Head of a command. `tag` is the gateway's own note, echoed in the response head; refused from a browser. */
export const RequestHead = z.strictObject({
  method: z.enum(['GET', 'POST']),
  path: z.string().check(z.regex(/^\/[A-Za-z0-9/_.@-]*(\?[\x21-\x7e]*)?$/), z.maxLength(2048)),
  contentType: z.optional(z.string().check(z.maxLength(200))),
  tag: z.optional(z.string().check(z.maxLength(200))),
})
export type RequestHead = z.infer<typeof RequestHead>

/** Head of an answer. `request`: the sequence of the command it answers. */
export const ResponseHead = z.strictObject({
  request: Count,
  status: z.int().check(z.gte(100), z.lte(599)),
  contentType: z.optional(z.string().check(z.maxLength(200))),
  tag: z.optional(z.string().check(z.maxLength(200))),
})
export type ResponseHead = z.infer<typeof ResponseHead>
