// The shell's pages on managed data. Who may what is decided where it is done: data/edits.ts, data/catalogue.ts, data/record.ts.
import * as z from 'zod/mini'
import { PersonId } from '#protocol/ids.ts'
import type { MANAGED_API } from '#protocol/managed.ts'
import { TableName } from '#protocol/policy/policy.ts'
import type { AuditFilter } from '../../data/record.ts'
import { type Handlers, read } from '../calls.ts'
import type { Deps } from '../deps.ts'

const before = z.optional(z.coerce.number().check(z.int(), z.gte(1)))
const LineageQuery = z.strictObject({ before })
type Before = Pick<AuditFilter, 'before'>
const AuditQuery = z.strictObject({
  before,
  person: z.optional(PersonId),
  table: z.optional(TableName),
})

export const managedHandlers = ({ data: { catalogue, edits, record } }: Deps): Pick<Handlers, keyof typeof MANAGED_API> => ({
  'GET /api/tables': ({ who }) => catalogue.tables(who),
  'GET /api/tables/:table': ({ who, params }) => catalogue.table(who, params.table),
  'PUT /api/tables/:table': ({ who, params, body: { details, ...wanted } }) => edits.table(who, params.table, details, wanted),
  'PUT /api/tables/:table/release': ({ who, params, body: { to, ...wanted } }) => edits.release(who, params.table, to, wanted),
  'POST /api/tables/:table/release/preview': ({ who, params, body }) => catalogue.disclosure(who, params.table, body.to),
  'PUT /api/tables/:table/label': ({ who, params, body: { label, ...wanted } }) =>
    edits.relabel(who, params.table, label, wanted),
  'GET /api/members': ({ who }) => catalogue.members(who),
  'GET /api/people': ({ who }) => catalogue.people(who),
  'PUT /api/people/:person': ({ who, params, body: { standing, ...wanted } }) =>
    edits.person(who, params.person, standing, wanted),
  'GET /api/policies': ({ who }) => catalogue.policies(who),
  'GET /api/policies/:table': ({ who, params }) => catalogue.policy(who, params.table),
  'PUT /api/policies/:table': ({ who, params, body: { policy, ...wanted } }) => edits.policy(who, params.table, policy, wanted),
  'GET /api/policies/:table/versions': ({ who, params }) => catalogue.versions(who, params.table),
  'POST /api/policies/:table/preview': ({ who, params, body }) => catalogue.preview(who, params.table, body.policy, body.as),
  'GET /api/audit': ({ who, query }) => record.list(who, read(AuditQuery, query, 'query') as AuditFilter),
  'GET /api/audit/lineage': ({ who, query }) => record.lineage(who, (read(LineageQuery, query, 'query') as Before).before),
  'GET /api/audit/chain': ({ who }) => record.chain(who),
})
