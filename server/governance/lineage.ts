// The audit as OpenLineage events (openlineage.io, 2-0-2): what a catalogue elsewhere may know of who read what. Ids, names of
// tables and columns, kinds, counts and labels, as the audit holds them; never a value or the text of a filter.
// One read, write or search is one run, whose parent is the kernel; its job is the notebook. What was refused moved no data, and is no
// lineage: a write that was refused at its end has begun, and is aborted. A search is over when it is on record.
import { createHash } from 'node:crypto'
import type { Label } from '#protocol/policy/label.ts'
import type { AuditEntry, AuditRow } from '../seams/audit.ts'

const PRODUCER = 'urn:scrydon:notebooks'
const SPEC = 'https://openlineage.io/spec'
const EVENT_SCHEMA = `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`
const SCHEMA_FACET = `${SPEC}/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet`
const PARENT_FACET = `${SPEC}/facets/1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet`

type Facet = { readonly _producer: string; readonly _schemaURL: string; readonly [name: string]: unknown }
type Facets = Readonly<Record<string, Facet>>

export type LineageEvent = {
  readonly eventType: 'START' | 'COMPLETE' | 'ABORT' | 'FAIL'
  readonly eventTime: string // ISO 8601, UTC
  readonly producer: string
  readonly schemaURL: string
  readonly job: { readonly namespace: string; readonly name: string }
  readonly run: { readonly runId: string; readonly facets: Facets }
  readonly inputs: readonly (Dataset & { readonly inputFacets: Facets })[]
  readonly outputs: readonly (Dataset & { readonly outputFacets: Facets })[]
}
type Dataset = { readonly namespace: string; readonly name: string; readonly facets: Facets }

type Decided = Extract<AuditEntry, { kind: 'read-decided' | 'write-decided' | 'search-decided' }>
type Allowed<Kind extends Decided['kind']> = Extract<Extract<Decided, { kind: Kind }>['decision'], { allowed: true }>
type Begun<Kind extends Decided['kind']> = {
  readonly row: AuditRow
  readonly entry: Extract<Decided, { kind: Kind }>
  readonly decision: Allowed<Kind>
}
type Read = Begun<'read-decided'> & { readonly kind: 'read'; readonly table: string }
type Write = Begun<'write-decided'> & { readonly kind: 'write'; readonly table: string }
type Search = Begun<'search-decided'> & { readonly kind: 'search' }
type Run = Read | Write | Search

const ENDS = { complete: 'COMPLETE', refused: 'ABORT', cut: 'ABORT', failed: 'FAIL' } as const

/**
 * Of rows in any order, the oldest first. `namespace` names the workspace. The end of a run whose beginning is neither among the
 * rows nor among `begun`, of which nothing is told, is left out. A document whose addition is not among them counts as its search does.
 */
export function lineage(rows: readonly AuditRow[], namespace: string, begun: readonly AuditRow[] = []): readonly LineageEvent[] {
  const runs = new Map([...begun, ...rows].flatMap((row) => runIn(row) ?? []).map((run) => [run.row.seq, run]))
  const added = new Map(rows.flatMap(({ entry }) => (entry.kind === 'document-added' ? [[entry.document, entry.label]] : [])))
  return rows.toSorted((a, b) => a.seq - b.seq).flatMap((row) => eventsOf(row, runs, { namespace, added }))
}

function runIn(row: AuditRow): Run | null {
  const { entry } = row
  if (entry.kind === 'read-decided' && entry.table !== null && entry.decision.allowed)
    return { kind: 'read', row, table: entry.table, entry, decision: entry.decision }
  if (entry.kind === 'write-decided' && entry.table !== null && entry.decision.allowed)
    return { kind: 'write', row, table: entry.table, entry, decision: entry.decision }
  if (entry.kind === 'search-decided' && entry.decision.allowed) return { kind: 'search', row, entry, decision: entry.decision }
  return null
}

type Type = LineageEvent['eventType']
/** `added`: the labels that documents were added with. */
type Where = { readonly namespace: string; readonly added: ReadonlyMap<string, Label> }

function eventsOf(row: AuditRow, runs: ReadonlyMap<number, Run>, where: Where): readonly LineageEvent[] {
  const { entry } = row
  const done = entry.kind === 'read-done' || entry.kind === 'write-done' ? entry : null
  const run = runs.get(done?.of ?? row.seq)
  if (!run) return []
  const types: readonly Type[] = run.kind === 'search' ? ['START', 'COMPLETE'] : [done ? ENDS[done.end] : 'START']
  return types.map((type) => eventOf(type, row, run, done?.rows ?? null, where))
}

function eventOf(eventType: Type, row: AuditRow, run: Run, rows: number | null, where: Where): LineageEvent {
  const { namespace } = where
  return {
    eventType,
    eventTime: new Date(row.at).toISOString(),
    producer: PRODUCER,
    schemaURL: EVENT_SCHEMA,
    job: { namespace, name: run.entry.notebook },
    run: runOf(run, namespace),
    inputs: inputsOf(run, rows, where),
    outputs: run.kind === 'write' ? [outputOf(run, namespace, rows)] : [],
  }
}

function runOf({ row, entry }: Run, namespace: string): LineageEvent['run'] {
  const { person, kernel, notebook, version, preview } = entry
  return {
    runId: uuid(row.hash),
    facets: {
      parent: facet(PARENT_FACET, { run: { runId: uuid(kernel) }, job: { namespace, name: notebook } }),
      scrydon_run: facet(ours('run'), { person, kernel, version, ...(preview ? { preview } : {}) }),
    },
  }
}

function outputOf(
  { row, table, entry, decision }: Write,
  namespace: string,
  rows: number | null,
): LineageEvent['outputs'][number] {
  const { columns, label, policy, rules } = decision
  const said = { ...label, decisionId: row.seq, policyVersion: policy, rules, mode: entry.mode }
  return {
    namespace,
    name: table,
    facets: { schema: facet(SCHEMA_FACET, { fields: columns.map((name) => ({ name })) }) },
    outputFacets: { scrydon_classification: facet(ours('classification'), { ...said, ...(rows === null ? {} : { rows }) }) },
  }
}

function inputsOf(run: Run, rows: number | null, where: Where): LineageEvent['inputs'] {
  if (run.kind === 'read') return [inputOf(run, where.namespace, rows)]
  return run.kind === 'search' ? run.decision.documents.map((document) => documentOf(run, document, where)) : []
}

/** Under a name that no table can have. */
function documentOf({ row, decision }: Search, document: string, { namespace, added }: Where): LineageEvent['inputs'][number] {
  const { level, markings } = added.get(document) ?? decision.label
  const said = facet(ours('classification'), { level, markings, decisionId: row.seq })
  return { namespace, name: `library/${document}`, facets: {}, inputFacets: { scrydon_classification: said } }
}

function inputOf({ row, table, decision }: Read, namespace: string, rows: number | null): LineageEvent['inputs'][number] {
  const { columns, masks, label, policy, rules } = decision
  const { level, markings } = label
  const decisionId = row.seq
  return {
    namespace,
    name: table,
    facets: { schema: facet(SCHEMA_FACET, { fields: columns.map((name) => ({ name })) }) },
    inputFacets: {
      scrydon_classification: facet(ours('classification'), {
        level,
        markings,
        decisionId,
        policyVersion: policy,
        rules,
        maskedColumns: masks,
        ...(rows === null ? {} : { rows }),
      }),
    },
  }
}

const ours = (name: string) => `${PRODUCER}:${name}:1`
const facet = (schema: string, body: Readonly<Record<string, unknown>>): Facet => ({
  ...body,
  _producer: PRODUCER,
  _schemaURL: schema,
})

/** The same for the same text: events of one run find each other in every export. Version 8, as RFC 9562 has it. */
function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4]
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
