// Who read what under which rules, and who changed the rules: appended, chained, never changed. An entry has no place for a value
// of data: names, ids, kinds, counts and digests only. The one free text is the reason that a person writes for an edit.
import * as z from 'zod/mini'
import { RIGHTS } from '#protocol/api.ts'
import { ArtefactId, DocumentId, KernelId, NotebookId, PersonId, RequestId, VersionId } from '#protocol/ids.ts'
import { ARTEFACT_KINDS } from '#protocol/library/artefacts.ts'
import { Alias } from '#protocol/library/llm.ts'
import { MODES, WriteId } from '#protocol/library/writes.ts'
import { LIBRARY_CALLS, type LibraryCall } from '#protocol/library.ts'
import { ARTEFACT, DOCUMENTS, INFERENCE } from '#protocol/limits.ts'
import { FileDigest } from '#protocol/policy/deployed.ts'
import { Reason } from '#protocol/policy/edit.ts'
import { ColumnName } from '#protocol/policy/expr.ts'
import { Label } from '#protocol/policy/label.ts'
import { STRICTNESS } from '#protocol/policy/mask.ts'
import { Audience, Grant, TableName } from '#protocol/policy/policy.ts'
import { Profile } from '#protocol/policy/profile.ts'
import { Grantee } from '#protocol/shares.ts'
import type { ChainedRow, Link } from './chain.ts'
import { HELD } from './governance.ts'
import { Input } from './inputs.ts'

export const AUDIT_PAGE = 1000 // rows of one list, at most
const COLUMNS = 1600
const RULES = 600

const Version = z.int().check(z.gte(1))
const Count = z.int().check(z.gte(0))
const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const few = <T extends z.ZodMiniType>(item: T, most: number) => z.readonly(z.array(item).check(z.maxLength(most)))

/** Whose kernel asked. `version`: of the notebook, where it is known. `preview`: it shows what its person and a profile both see. */
const asker = {
  person: PersonId,
  notebook: NotebookId,
  version: z.nullable(VersionId),
  kernel: KernelId,
  preview: z.optional(z.literal(true)),
}

/** `absent` to `policy` as `decide` says them. */
export const DENIALS = ['absent', 'ungranted', 'clearance', 'policy', 'question', 'label', 'limit', 'stale', 'failed'] as const

const Allowed = z
  .strictObject({
    allowed: z.literal(true),
    columns: few(ColumnName, COLUMNS), // delivered, in their order
    masks: few(z.strictObject({ column: ColumnName, kind: z.enum(STRICTNESS) }), COLUMNS),
    policy: Count, // its version; 0: the empty one
    rules: few(Grant.shape.id, RULES), // ids of the grants and rules that made it
    literals: z.nullable(Digest), // of what the caller compared with, under a key: a plain digest of few values can be guessed
    label: Label,
  })
  .check(z.refine(({ columns, masks }) => masks.every(({ column }) => columns.includes(column)), 'a mask of no column'))
/** Names no columns: those asked for are the caller's own words. */
const Denied = z.strictObject({ allowed: z.literal(false), why: z.enum(DENIALS) })

const ReadDecided = z
  .strictObject({
    kind: z.literal('read-decided'),
    ...asker,
    table: z.nullable(TableName), // null: there is none of that name, which is the caller's own word
    decision: z.discriminatedUnion('allowed', [Allowed, Denied]),
  })
  .check(
    z.refine(({ table, decision }) => table !== null || (!decision.allowed && decision.why === 'absent'), 'a read of no table'),
  )

/** `of`: the row of the decision. `rows`: sent by then. */
const ReadDone = z.strictObject({
  kind: z.literal('read-done'),
  person: PersonId,
  table: TableName,
  of: z.int().check(z.gte(1)),
  rows: Count,
  end: z.enum(['complete', 'cut', 'failed']),
})

/** The table is there: hidden or unknown, granted, cleared for, judged. The rest is of the write itself (policy/write.ts). */
export const WRITE_DENIALS = [
  'absent',
  'ungranted',
  'clearance',
  'policy',
  'unwritable',
  'label',
  'masked',
  'schema',
  'taken',
] as const

const MayWrite = z.strictObject({
  allowed: z.literal(true),
  columns: few(ColumnName, COLUMNS), // that are written
  policy: Count, // its version; of the workspace's, where a table is made
  rules: few(Grant.shape.id, RULES),
  label: Label, // of the kernel that writes
})
const MayNotWrite = z.strictObject({ allowed: z.literal(false), why: z.enum(WRITE_DENIALS) })

const WriteDecided = z
  .strictObject({
    kind: z.literal('write-decided'),
    ...asker,
    write: WriteId,
    mode: z.enum(MODES),
    table: z.nullable(TableName), // null: there is none of that name, which is the caller's own word
    decision: z.discriminatedUnion('allowed', [MayWrite, MayNotWrite]),
  })
  .check(z.refine(({ table, decision }) => table !== null || !decision.allowed, 'a write to no table'))

/** `of`: the row of the decision. `rows`: that are in the table by it. Refused: when it was decided again with all that was handed over. */
const WriteDone = z.strictObject({
  kind: z.literal('write-done'),
  person: PersonId,
  table: TableName,
  of: z.int().check(z.gte(1)),
  rows: Count,
  end: z.enum(['complete', 'refused', 'cut', 'failed']),
})

/** Of the library. `query`: a digest under a key, as of literals; `documents`: whose passages were given, each once. */
const SearchDecided = z.strictObject({
  kind: z.literal('search-decided'),
  ...asker,
  query: Digest,
  decision: z.discriminatedUnion('allowed', [
    z.strictObject({
      allowed: z.literal(true),
      documents: few(DocumentId, DOCUMENTS.results),
      passages: Count,
      label: Label,
    }),
    Denied,
  ]),
})

/** Words of a search on their way to the endpoint of embeddings. `label`: of the kernel and the workspace. */
const SearchSent = z.strictObject({
  kind: z.literal('search-sent'),
  ...asker,
  query: Digest,
  label: Label,
})
/** Passages of a document on their way there, once in a start of the gateway. `person`: who added it. */
const DocumentSent = z.strictObject({ kind: z.literal('document-sent'), person: PersonId, document: DocumentId, label: Label })

/** `absent` to `label` as the rule of llm/ says them. */
export const MODEL_DENIALS = ['absent', 'closed', 'readers', 'label', 'tokens', 'quota', 'share'] as const

type OfModel = {
  readonly model: string | null
  readonly decision: { readonly allowed: true } | { readonly allowed: false; readonly why: string }
}
const namesItsModel = ({ model, decision }: OfModel) => (model === null) === (!decision.allowed && decision.why === 'absent')

/** `label`: of the kernel, so of its prompt. Of that the entry says how long it is. */
const ModelAllowed = z.strictObject({
  allowed: z.literal(true),
  label: Label,
  messages: Count,
  characters: Count,
  tokens: Count, // set aside
})
const ModelDenied = z.strictObject({ allowed: z.literal(false), why: z.enum(MODEL_DENIALS), label: Label })

const ModelDecided = z
  .strictObject({
    kind: z.literal('model-decided'),
    ...asker,
    model: z.nullable(Alias), // null: there is none of that name, which is the caller's own word
    decision: z.discriminatedUnion('allowed', [ModelAllowed, ModelDenied]),
  })
  .check(z.refine(namesItsModel, 'of no model, or of one that there is not'))

/** `of`: the row of the decision. `tokens`: charged, as the endpoint counted them or by our estimate. */
const ModelDone = z.strictObject({
  kind: z.literal('model-done'),
  person: PersonId,
  model: Alias,
  of: z.int().check(z.gte(1)),
  tokens: Count,
  counted: z.enum(['endpoint', 'estimate']),
  end: z.enum(['complete', 'cut', 'failed']),
})

/** Of a kernel that reads its notebook, which may not ask it. */
const CallBarred = z.strictObject({
  kind: z.literal('call-barred'),
  ...asker,
  call: z.enum(Object.keys(LIBRARY_CALLS) as LibraryCall[]),
})

/** `inputs`: the tables that its kernel had read. Its name is the maker's own word. */
const ArtefactSaved = z.strictObject({
  kind: z.literal('artefact-saved'),
  ...asker,
  artefact: ArtefactId,
  what: z.enum(ARTEFACT_KINDS),
  bytes: Count,
  digest: Digest,
  label: Label,
  inputs: few(Input, HELD),
})

/** `room`: there is none left for it. `content`: it is larger than one may be, or not what was announced. */
export const ARTEFACT_DENIALS = ['members', 'room', 'content', 'revoked', 'cut', 'failed'] as const

const ArtefactRefused = z.strictObject({
  kind: z.literal('artefact-refused'),
  ...asker,
  what: z.enum(ARTEFACT_KINDS),
  why: z.enum(ARTEFACT_DENIALS),
})

/** Before its bytes are given to that person. */
const ArtefactOpened = z.strictObject({
  kind: z.literal('artefact-opened'),
  person: PersonId,
  artefact: ArtefactId,
  label: Label,
})
const changed = { person: PersonId, artefact: ArtefactId, version: Version, reason: Reason }

/** `absent` to `clearance` as the rule of inference/ says them. */
export const INFERENCE_DENIALS = ['absent', 'closed', 'ungranted', 'readers', 'label', 'clearance', 'inputs'] as const

/** `label`: of the kernel, so of its rows. `counts`: what the answer counts as, the kernel from then on too. */
const InferenceAllowed = z.strictObject({
  allowed: z.literal(true),
  label: Label,
  counts: Label,
  columns: few(ColumnName, INFERENCE.inputs),
  rows: Count,
})
const InferenceDenied = z.strictObject({ allowed: z.literal(false), why: z.enum(INFERENCE_DENIALS), label: Label })

const InferenceDecided = z
  .strictObject({
    kind: z.literal('inference-decided'),
    ...asker,
    model: z.nullable(Alias), // null: there is none of that name, which is the caller's own word
    decision: z.discriminatedUnion('allowed', [InferenceAllowed, InferenceDenied]),
  })
  .check(z.refine(namesItsModel, 'of no model, or of one that there is not'))

/** `of`: the row of the decision. `rows`: that were answered. */
const InferenceDone = z.strictObject({
  kind: z.literal('inference-done'),
  person: PersonId,
  model: Alias,
  of: z.int().check(z.gte(1)),
  rows: Count,
  end: z.enum(['complete', 'failed']),
})

/** Of what people write to each other beside it, no word. */
const asked = { person: PersonId, table: TableName, request: RequestId }
const edited = { person: PersonId, version: Version, reason: Reason } // person: who did it

/** `rules`: what was said of it changed, its file did not. */
const DEPLOYED_CHANGES = ['added', 'rules', 'file', 'removed'] as const
export type DeployedChange = (typeof DEPLOYED_CHANGES)[number]
/** Of whose notebook, with whom. */
const sharing = { person: PersonId, notebook: NotebookId, author: PersonId, with: Grantee }

/** `column` null: the table itself. */
const Relabelled = z.strictObject({ column: z.nullable(ColumnName), before: Label, label: Label })
export type Relabelled = z.infer<typeof Relabelled>

/** For those to see, whatever their clearance: a person's id, or the workspace. */
const VersionReleased = z.strictObject({
  kind: z.literal('version-released'),
  person: PersonId,
  notebook: NotebookId,
  version: VersionId,
  label: Label,
  to: z.readonly(z.array(z.union([z.literal('workspace'), PersonId]))),
})

export const AuditEntry = z.discriminatedUnion('kind', [
  ReadDecided,
  ReadDone,
  WriteDecided,
  WriteDone,
  SearchSent,
  SearchDecided,
  DocumentSent,
  z.strictObject({ kind: z.literal('document-added'), person: PersonId, document: DocumentId, label: Label }),
  z.strictObject({ kind: z.literal('document-removed'), person: PersonId, document: DocumentId }),
  ModelDecided,
  ModelDone,
  CallBarred,
  VersionReleased,
  z.strictObject({
    kind: z.literal('preview-opened'),
    person: PersonId,
    notebook: NotebookId,
    kernel: KernelId,
    profile: Profile,
  }),
  ArtefactSaved,
  ArtefactRefused,
  ArtefactOpened,
  z.strictObject({ kind: z.literal('artefact-released'), ...changed, to: few(Audience, ARTEFACT.readers) }),
  z.strictObject({ kind: z.literal('artefact-relabelled'), ...changed, before: Label, label: Label }),
  z.strictObject({ kind: z.literal('artefact-removed'), person: PersonId, artefact: ArtefactId }),
  InferenceDecided,
  InferenceDone,
  z.strictObject({ kind: z.literal('policy-changed'), table: TableName, ...edited }),
  z.strictObject({ kind: z.literal('subject-changed'), of: PersonId, ...edited }),
  z.strictObject({ kind: z.literal('table-added'), table: TableName, person: PersonId }),
  z.strictObject({ kind: z.literal('table-changed'), table: TableName, ...edited }),
  z.strictObject({ kind: z.literal('table-released'), table: TableName, ...edited, to: few(Audience, ARTEFACT.readers) }),
  z.strictObject({ kind: z.literal('table-relabelled'), table: TableName, ...edited, labels: few(Relabelled, COLUMNS + 1) }),
  z.strictObject({ kind: z.literal('workspace-changed'), ...edited }),
  z.strictObject({ kind: z.literal('route-changed'), model: Alias, ...edited }),
  z.strictObject({
    kind: z.literal('deployed-changed'),
    model: Alias,
    what: z.enum(DEPLOYED_CHANGES),
    digest: FileDigest,
    ...edited,
  }),
  z.strictObject({ kind: z.literal('notebook-shared'), ...sharing, right: z.enum(RIGHTS), expires: z.nullable(z.int()) }),
  z.strictObject({ kind: z.literal('notebook-unshared'), ...sharing }),
  z.strictObject({ kind: z.literal('access-asked'), notebook: NotebookId, policy: Count, ...asked }), // policy: the version that closed the table to them
  z.strictObject({ kind: z.literal('access-withdrawn'), ...asked }),
  z.strictObject({ kind: z.literal('access-refused'), of: PersonId, ...asked }), // of: whose request it was
  z.strictObject({ kind: z.literal('access-granted'), of: PersonId, ...asked }),
])
export type AuditEntry = z.infer<typeof AuditEntry>
export type AuditRow = Omit<ChainedRow, 'entry'> & { readonly entry: AuditEntry }

export type AuditQuery = {
  readonly before?: number // rows older than this one
  readonly limit: number
  readonly person?: PersonId // who read or edited
  readonly kernel?: KernelId // what was decided for it
  readonly table?: string
}
/** `seq`: the first row that is not as it was written, or is gone. */
export type Verdict = { readonly ok: true; readonly head: Link } | { readonly ok: false; readonly seq: number }

export interface Audit {
  /** At `at` (ms since 1970). Where it fails nothing is written, and what it speaks of must not happen. */
  append(entry: AuditEntry, at: number): Promise<Link>
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditRow[]>
  /** The names of all tables that rows are of. */
  tables(): Promise<readonly string[]>
  /**
   * Follows the chain from its beginning to the head, which is stored apart. A removed tail is found by that head, unless it was
   * taken back with it: give a link that was kept outside of this state, and the chain must still hold it.
   */
  verify(kept?: Link): Promise<Verdict>
}
