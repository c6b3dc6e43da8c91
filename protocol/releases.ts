// The REST bodies of releasing a version of a notebook's source to those it is shared with, who need not be cleared for it. Only the
// shell asks for them: neither a frame nor a kernel has a message for any.
import * as z from 'zod/mini'
import { VersionId } from './ids.ts'
import { RELEASE } from './limits.ts'
import { Label } from './policy/label.ts'

const Count = z.int().check(z.gte(0))
const Nothing = z.strictObject({})
const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))

/**
 * The newest version, as a release of it would be. `digest`: of its text and layout, which a later save may change. `waits`: some of those it is
 * shared with do not see it. `literals`: different strings, numbers and comments in it, cut short; `more`: how many are not shown.
 */
export const Releasable = z.strictObject({
  version: VersionId,
  digest: Digest,
  label: Label,
  waits: z.boolean(),
  literals: z.array(z.string()).check(z.maxLength(RELEASE.literals)),
  more: Count,
})
export type Releasable = z.infer<typeof Releasable>

/** A version, as it was shown. */
export const ShownVersion = z.strictObject({ version: VersionId, digest: Digest })
export type ShownVersion = z.infer<typeof ShownVersion>

/** `:id` is a NotebookId. */
export const RELEASES_API = {
  'GET /api/notebooks/:id/release': { body: Nothing, answer: Releasable, who: 'person' }, // authors
  'POST /api/notebooks/:id/release': {
    body: ShownVersion,
    answer: Nothing,
    who: 'person',
  }, // authors
} as const
