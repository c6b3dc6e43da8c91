// The REST bodies of sharing a notebook: with whom, as what, until when. Only the shell asks for them: neither a frame nor a kernel has
// a message for any. Who may not is answered like for a notebook that there is not, or told to ask its author.
import * as z from 'zod/mini'
import { Account, RIGHTS, Share } from './api.ts'
import { NotebookId, PersonId } from './ids.ts'
import { SHARE } from './limits.ts'
import { TableName } from './policy/policy.ts'
import { ShownVersion } from './releases.ts'

const Count = z.int().check(z.gte(0))
const Nothing = z.strictObject({})

export type Right = (typeof RIGHTS)[number]
/** A person, or every member of the workspace. */
export const Grantee = z.union([z.literal('workspace'), PersonId])
export type Grantee = z.infer<typeof Grantee>

/** Those that have not run out. `version`: how often they were edited. `addable`: whom the caller may share it with; null: nobody. */
export const Shares = z.strictObject({
  shares: z.array(Share),
  version: Count,
  addable: z.nullable(z.array(Account)),
})
export type Shares = z.infer<typeof Shares>

/** A notebook of somebody else's, for who may take its shares back. */
export const SharedNotebook = z.strictObject({
  notebook: z.strictObject({ id: NotebookId, name: z.string() }),
  author: Account,
  shares: z.array(Share),
})
export type SharedNotebook = z.infer<typeof SharedNotebook>

/**
 * Tables that the author's kernels of the notebook have read, or that stand in its source, and that not every other member reads as they
 * are. `people`: who that is; null: not for the caller to know.
 */
const Group = z.strictObject({ count: Count, people: z.nullable(z.array(z.string())) })
export const Preflight = z.strictObject({
  members: Count, // others than the author who may read tables
  tables: z.array(z.strictObject({ table: TableName, lack: Group, masked: Group })),
})
export type Preflight = z.infer<typeof Preflight>

/** `:id` is a NotebookId. */
export const SHARES_API = {
  'GET /api/notebooks/:id/shares': { body: Nothing, answer: Shares, who: 'person' }, // authors and owners of the workspace
  'PUT /api/notebooks/:id/shares': {
    body: z.strictObject({
      with: z.array(Grantee).check(z.minLength(1), z.maxLength(SHARE.atOnce)),
      right: z.enum(RIGHTS),
      expires: z.nullable(z.int()),
      onto: Count, // the version that it was made from
      release: z.optional(ShownVersion), // goes with it to those of them who are not cleared for it
    }),
    answer: Shares,
    who: 'person',
  }, // authors
  'DELETE /api/notebooks/:id/shares': { body: z.strictObject({ with: Grantee }), answer: Shares, who: 'person' }, // authors and owners
  'GET /api/shares': { body: Nothing, answer: z.array(SharedNotebook), who: 'person' }, // owners: those of others, by name
  'GET /api/notebooks/:id/shares/preflight': { body: Nothing, answer: Preflight, who: 'person' }, // authors
} as const
