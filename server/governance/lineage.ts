// The audit as OpenLineage events (openlineage.io, 2-0-2): what a catalogue elsewhere may know of who read what. Ids, names of
// tables and columns, kinds, counts and labels, as the audit holds them; never a value or the text of a filter.
// One read or write is one run, whose parent is the kernel; its job is the notebook. What was refused moved no data, and is no lineage:
// a write that was refused at its end has begun, and is aborted.
import { createHash } from 'node:crypto'
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

type Decided = Extract<AuditEntry, { kind: 'read-decided' | 'write-decided' }>
type Allowed<Kind extends Decided['kind']> = Extract<Extract<Decided, { kind: Kind }>['decision'], { allowed: true }>
type Begun<Kind extends Decided['kind']> = {
  readonly row: AuditRow
  readonly table: string
  readonly entry: Extract<Decided, { kind: Kind }>
  readonly decision: Allowed<Kind>
}
type Read = Begun<'read-decided'> & { readonly kind: 'read' }
type Write = Begun<'write-decided'> & { readonly kind: 'write' }
type Run = Read | Write

const ENDS = { complete: 'COMPLETE', refused: 'ABORT', cut: 'ABORT', failed: 'FAIL' } as const

/**
 * Of rows in any order, the oldest first. `namespace` names the workspace. The end of a run whose beginning is not among the
 * rows is left out: give both.
 */
export function lineage(rows: readonly AuditRow[], namespace: string): readonly LineageEvent[] {
  const runs = new Map(rows.flatMap((row) => runIn(row) ?? []).map((run) => [run.row.seq, run]))
  return rows.toSorted((a, b) => a.seq - b.seq).flatMap((row) => eventOf(row, runs, namespace) ?? [])
}

function runIn(row: AuditRow): Run | null {
  const { entry } = row
  if (entry.kind === 'read-decided' && entry.table !== null && entry.decision.allowed)
    return { kind: 'read', row, table: entry.table, entry, decision: entry.decision }
  if (entry.kind === 'write-decided' && entry.table !== null && entry.decision.allowed)
    return { kind: 'write', row, table: entry.table, entry, decision: entry.decision }
  return null
}

function eventOf(row: AuditRow, runs: ReadonlyMap<number, Run>, namespace: string): LineageEvent | null {
  const { entry } = row
  const done = entry.kind === 'read-done' || entry.kind === 'write-done' ? entry : null
  const run = runs.get(done?.of ?? row.seq)
  if (!run) return null
  const rows = done?.rows ?? null
  return {
    eventType: done ? ENDS[done.end] : 'START',
    eventTime: new Date(row.at).toISOString(),
    producer: PRODUCER,
    schemaURL: EVENT_SCHEMA,
    job: { namespace, name: run.entry.notebook },
    run: runOf(run, namespace),
    inputs: run.kind === 'read' ? [inputOf(run, namespace, rows)] : [],
    outputs: run.kind === 'write' ? [outputOf(run, namespace, rows)] : [],
  }
}

function runOf({ row, entry }: Run, namespace: string): LineageEvent['run'] {
  const { person, kernel, notebook, version } = entry
  return {
    runId: uuid(row.hash),
    facets: {
      parent: facet(PARENT_FACET, { run: { runId: uuid(kernel) }, job: { namespace, name: notebook } }),
      scrydon_run: facet(ours('run'), { person, kernel, version }),
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
