// The REST bodies of the shell's page of artefacts: what kernels saved, with what it was made from. An artefact is its maker's alone
// until it is released, and what a person may not open answers 404, like what there is not.
import * as z from 'zod/mini'
import { ArtefactId, NotebookId, PersonId } from './ids.ts'
import { ARTEFACT_KINDS } from './library/artefacts.ts'
import { Reason } from './policy/edit.ts'
import { Label } from './policy/label.ts'
import { Audience, TableName } from './policy/policy.ts'
import { Disclosure, origin, Readers } from './release.ts'

const Count = z.int().check(z.gte(0))
const Nothing = z.strictObject({})
const Named = z.strictObject({ id: PersonId, name: z.string() })

export const ArtefactCard = z.strictObject({
  id: ArtefactId,
  name: z.string(),
  kind: z.enum(ARTEFACT_KINDS),
  bytes: Count,
  label: Label,
  maker: Named,
  notebook: NotebookId,
  at: Count, // ms since 1970
  ...origin,
  released: z.nullable(z.array(Audience)), // null: who may not release it is not told to whom it is
  version: Count,
  may: z.strictObject({ release: z.boolean(), raise: z.boolean(), lower: z.boolean(), remove: z.boolean() }),
})
export type ArtefactCard = z.infer<typeof ArtefactCard>

/**
 * One's own, of which one has lost the clearance: it takes room until it is removed, unopened. Its name, which may be a word of what it
 * holds, is not said.
 */
export const ClosedCard = z.strictObject({ id: ArtefactId, kind: z.enum(ARTEFACT_KINDS), bytes: Count, at: Count })
export type ClosedCard = z.infer<typeof ClosedCard>

/** A table that a kernel made: who reads it is its policy's affair, and its inputs are those of all that was written to it. */
export const MadeTableCard = z.strictObject({
  table: TableName,
  label: Label, // that reading it counts with
  maker: Named,
  notebook: NotebookId,
  at: Count, // ms since 1970
  ...origin,
})
export type MadeTableCard = z.infer<typeof MadeTableCard>

/** `onto`: the version that the change was made from. */
const change = { onto: Count, reason: Reason }
const Edited = z.strictObject({ version: Count })

/** `:artefact` is an ArtefactId. */
export const ARTEFACTS_API = {
  'GET /api/artefacts': { body: Nothing, answer: z.array(ArtefactCard), who: 'person' }, // the newest first
  'GET /api/artefacts/closed': { body: Nothing, answer: z.array(ClosedCard), who: 'person' }, // the newest first
  'GET /api/artefacts/tables': { body: Nothing, answer: z.array(MadeTableCard), who: 'person' }, // the newest first
  'GET /api/artefacts/:artefact/content': { body: Nothing, answer: z.unknown(), who: 'person' }, // the bytes, as an attachment
  'PUT /api/artefacts/:artefact/release': {
    body: z.strictObject({ to: Readers, ...change }),
    answer: Edited,
    who: 'person',
  },
  'POST /api/artefacts/:artefact/release/preview': { body: z.strictObject({ to: Readers }), answer: Disclosure, who: 'person' },
  'PUT /api/artefacts/:artefact/label': { body: z.strictObject({ label: Label, ...change }), answer: Edited, who: 'person' },
  'DELETE /api/artefacts/:artefact': { body: Nothing, answer: Nothing, who: 'person' },
} as const
