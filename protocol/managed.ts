// The REST bodies of the shell's pages on managed data: tables as one sees them, who may what, the record. Rows are in none of
// them. What a person may not know answers 404, like what there is not.
import * as z from 'zod/mini'
import { PersonId, RequestId } from './ids.ts'
import { Reason, Standing } from './policy/edit.ts'
import { Label } from './policy/label.ts'
import { STRICTNESS } from './policy/mask.ts'
import { Audience, Column, Policy, Table, TableName } from './policy/policy.ts'
import { Profile } from './policy/profile.ts'
import { COLUMN_TYPES } from './policy/values.ts'
import { Disclosure, Origin, Readers } from './release.ts'
import { STANDINGS } from './standings.ts'

const Time = z.number() // ms since the epoch
const Count = z.int().check(z.gte(0))
const Nothing = z.strictObject({})
const Named = z.strictObject({ id: PersonId, name: z.string() })

/** What a person sees of a table: how many columns, of which some masked; `filtered`: rows are left out. */
const Access = z.discriminatedUnion('readable', [
  z.strictObject({ readable: z.literal(true), label: Label, columns: Count, masked: Count, filtered: z.boolean() }),
  z.strictObject({ readable: z.literal(false), why: z.string() }), // and whom to ask
])
export const TableCard = z.strictObject({ name: TableName, owner: Named, description: z.string(), access: Access })
export type TableCard = z.infer<typeof TableCard>

/** `type`: as it arrives. `label`: what reading it counts with. */
export const ColumnSeen = z.strictObject({
  name: z.string(),
  type: z.enum(COLUMN_TYPES),
  masked: z.nullable(z.enum(STRICTNESS)),
  label: Label,
  description: Column.shape.description,
})
export type ColumnSeen = z.infer<typeof ColumnSeen>
/**
 * `origin`: what it was made from, of a table that was made here. `release`: to whom it is, `onto` which version of its policy, for who
 * may release it. `classify`: its label, `onto` which version of it, for who may change it.
 */
export const TablePage = z.strictObject({
  card: TableCard,
  columns: z.array(ColumnSeen),
  writable: z.boolean(),
  origin: z.nullable(Origin),
  release: z.nullable(z.strictObject({ to: z.array(Audience), onto: Count })),
  classify: z.nullable(z.strictObject({ label: Label, onto: Count, raise: z.boolean(), lower: z.boolean() })),
})
export type TablePage = z.infer<typeof TablePage>

const edited = { by: Named, at: Time, reason: z.string() }
const Edited = z.strictObject({ version: Count })
/** `onto`: the version that the change was made from. */
const change = { onto: Count, reason: Reason }

export const PersonCard = z.strictObject({
  person: Named,
  role: z.enum(STANDINGS),
  standing: Standing,
  version: Count,
  changed: z.nullable(z.strictObject(edited)), // the newest edit
})
export type PersonCard = z.infer<typeof PersonCard>
/** A table in the list of those with rules: how many of each kind. `alias`: as of a line of the record; then its rules are not theirs to see. */
export const PolicyLine = z.strictObject({
  table: TableName,
  alias: z.boolean(),
  label: Label,
  version: Count,
  grants: Count,
  rows: Count,
  masks: Count,
})
export type PolicyLine = z.infer<typeof PolicyLine>
export const PolicyCard = z.strictObject({
  table: Table,
  tableVersion: Count,
  owner: Named,
  policy: Policy,
  version: Count,
})
export type PolicyCard = z.infer<typeof PolicyCard>
export const PolicyVersion = z.strictObject({ version: Count, policy: Policy, ...edited })
export type PolicyVersion = z.infer<typeof PolicyVersion>

/** What an owner says of a table; columns that are not named stay as they are. */
export const TableDetails = z.strictObject({
  description: Table.shape.description,
  hidden: Table.shape.hidden,
  label: Label,
  columns: z.record(Column.shape.name, z.strictObject({ label: Label, description: Column.shape.description })),
})
export type TableDetails = z.infer<typeof TableDetails>

/** As whom a policy is looked at: a person, or anybody of this clearance in these groups. */
export const Viewer = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('person'), person: PersonId }),
  z.strictObject({ is: z.literal('profile'), ...Profile.shape }),
])
export type Viewer = z.infer<typeof Viewer>

/** What somebody would see under a policy. */
export const Preview = z.discriminatedUnion('readable', [
  z.strictObject({ readable: z.literal(true), columns: z.array(ColumnSeen), filtered: z.boolean(), hidden: z.array(z.string()) }),
  z.strictObject({ readable: z.literal(false), why: z.string() }),
])
export type Preview = z.infer<typeof Preview>

/**
 * One row of the record, in words; `seq` is its number in the chain, `hash` a digest of its link under the workspace's key. `alias`: `table`
 * is an id, in place of a name that a notebook made up and that is classified above them.
 */
export const AuditLine = z.strictObject({
  seq: Count,
  hash: z.string(),
  at: Time,
  person: Named,
  table: z.nullable(z.string()),
  alias: z.boolean(),
  kind: z.string(),
  allowed: z.boolean(),
  text: z.string(),
  details: z.array(z.string()),
})
export type AuditLine = z.infer<typeof AuditLine>
/** `older`: whether there are rows before the last one. */
export const AuditPage = z.strictObject({ lines: z.array(AuditLine), older: z.boolean() })
/** OpenLineage events (openlineage.io), the oldest first; `older`: the number to ask with for those before them, null: there are none. */
export const LineagePage = z.strictObject({ events: z.array(z.unknown()), older: z.nullable(Count) })

/** `:table` is a TableName, `:person` a PersonId. */
export const MANAGED_API = {
  'GET /api/tables': { body: Nothing, answer: z.array(TableCard), who: 'person' },
  'GET /api/tables/:table': { body: Nothing, answer: TablePage, who: 'person' },
  'PUT /api/tables/:table': { body: z.strictObject({ details: TableDetails, ...change }), answer: Edited, who: 'person' }, // owners
  'PUT /api/tables/:table/release': { body: z.strictObject({ to: Readers, ...change }), answer: Edited, who: 'person' }, // makers
  'POST /api/tables/:table/release/preview': { body: z.strictObject({ to: Readers }), answer: Disclosure, who: 'person' },
  'PUT /api/tables/:table/label': { body: z.strictObject({ label: Label, ...change }), answer: Edited, who: 'person' },
  'GET /api/members': { body: Nothing, answer: z.array(Named), who: 'person' }, // members: whom something can be released to
  'GET /api/people': { body: Nothing, answer: z.array(PersonCard), who: 'person' }, // owners
  'PUT /api/people/:person': { body: z.strictObject({ standing: Standing, ...change }), answer: Edited, who: 'person' },
  'GET /api/policies': { body: Nothing, answer: z.array(PolicyLine), who: 'person' }, // owners
  'GET /api/policies/:table': { body: Nothing, answer: PolicyCard, who: 'person' },
  'PUT /api/policies/:table': {
    body: z.strictObject({ policy: Policy, answers: z.optional(RequestId), ...change }), // answers: the request that this grants
    answer: Edited,
    who: 'person',
  },
  'GET /api/policies/:table/versions': { body: Nothing, answer: z.array(PolicyVersion), who: 'person' }, // the newest first
  'POST /api/policies/:table/preview': {
    body: z.strictObject({ policy: Policy, as: Viewer }),
    answer: Preview,
    who: 'person',
  },
  'GET /api/audit': { body: Nothing, answer: AuditPage, who: 'person' }, // ?before=&person=&table=; auditors: all, others: their own
  'GET /api/audit/lineage': { body: Nothing, answer: LineagePage, who: 'person' }, // ?before=; auditors
  'GET /api/audit/chain': {
    body: Nothing,
    answer: z.discriminatedUnion('holds', [
      z.strictObject({ holds: z.literal(true), rows: Count, hash: z.string() }),
      z.strictObject({ holds: z.literal(false), seq: Count }), // the first row that is not as it was written, or is gone
    ]),
    who: 'person',
  }, // auditors
} as const
