import { expect, test } from 'vitest'
import { answered, asked, decided, denied, done, writing, written } from '../seams/audit.contract.ts'
import type { AuditEntry, AuditRow } from '../seams/audit.ts'
import { canonical, chained, GENESIS, type Link } from '../seams/chain.ts'
import { lineage } from './lineage.ts'

function rowsOf(...entries: readonly AuditEntry[]): readonly AuditRow[] {
  let last: Link = GENESIS
  return entries.map((entry, index) => {
    const row = chained(last, 1000 * (index + 1), canonical(entry))
    last = row
    return { ...row, entry }
  })
}

test('a read is a run: its start and its end, with what was read and under which rules', () => {
  const events = lineage(rowsOf(decided(), done(1)), 'workspace')
  const [start, end] = events
  expect(events).toHaveLength(2)
  expect(start).toEqual({
    eventType: 'START',
    eventTime: '1970-01-01T00:00:01.000Z',
    producer: 'urn:scrydon:notebooks',
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
    job: { namespace: 'workspace', name: 'n_00000001' },
    run: {
      runId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      facets: {
        parent: {
          run: { runId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) },
          job: { namespace: 'workspace', name: 'n_00000001' },
          _producer: 'urn:scrydon:notebooks',
          _schemaURL: 'https://openlineage.io/spec/facets/1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet',
        },
        scrydon_run: {
          person: 'p_00000001',
          kernel: 'k_00000001',
          version: 'v_00000001',
          _producer: 'urn:scrydon:notebooks',
          _schemaURL: 'urn:scrydon:notebooks:run:1',
        },
      },
    },
    inputs: [
      {
        namespace: 'workspace',
        name: 'flights',
        facets: {
          schema: {
            fields: [{ name: 'carrier' }, { name: 'tail "number"' }],
            _producer: 'urn:scrydon:notebooks',
            _schemaURL: 'https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet',
          },
        },
        inputFacets: {
          scrydon_classification: {
            level: 'internal',
            markings: ['EU'],
            decisionId: 1,
            policyVersion: 3,
            rules: ['all', 'tails'],
            maskedColumns: [{ column: 'tail "number"', kind: 'hash' }],
            _producer: 'urn:scrydon:notebooks',
            _schemaURL: 'urn:scrydon:notebooks:classification:1',
          },
        },
      },
    ],
    outputs: [],
  })
  expect(end).toMatchObject({
    eventType: 'COMPLETE',
    eventTime: '1970-01-01T00:00:02.000Z',
    job: start?.job,
    run: start?.run,
    inputs: [{ name: 'flights', inputFacets: { scrydon_classification: { decisionId: 1, rows: 7 } } }],
  })
})

test('what a preview read says so', () => {
  const of = (entry: AuditEntry) => lineage(rowsOf(entry), 'w')[0]?.run.facets.scrydon_run
  expect(of(decided({ preview: true }))).toMatchObject({ preview: true })
  expect(of(decided())).not.toHaveProperty('preview')
})

test('a write is a run with an output: in which mode, with what the kernel had read', () => {
  const refused = writing({ decision: { allowed: false, why: 'unwritable' } })
  const events = lineage(
    rowsOf(writing(), written(1), refused, writing({ mode: 'create' }), written(4, { end: 'refused', rows: 0 })),
    'w',
  )
  expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE', 'START', 'ABORT'])
  expect(events[1]).toMatchObject({
    run: events[0]?.run,
    inputs: [],
    outputs: [
      {
        namespace: 'w',
        name: 'flights',
        facets: { schema: { fields: [{ name: 'carrier' }] } },
        outputFacets: {
          scrydon_classification: {
            level: 'internal',
            markings: ['EU'],
            decisionId: 1,
            policyVersion: 3,
            rules: ['writes'],
            mode: 'append',
            rows: 7,
          },
        },
      },
    ],
  })
  expect(events[2]?.outputs[0]?.outputFacets.scrydon_classification).toMatchObject({ mode: 'create' })
})

const LOW = { level: 'public', markings: [] } as const
const HIGH = { level: 'confidential', markings: ['PII'] } as const
const searched = (over: object = {}) =>
  ({
    kind: 'search-decided',
    person: 'p_00000001',
    notebook: 'n_00000001',
    version: null,
    kernel: 'k_00000001',
    query: 'cd'.repeat(32),
    decision: { allowed: true, documents: ['d_00000001', 'd_00000002'], passages: 5, label: HIGH },
    ...over,
  }) as AuditEntry
const added = { kind: 'document-added', person: 'p_00000002', document: 'd_00000001', label: LOW } as const

test('a search is a run of documents, by their ids and labels, without its words', () => {
  const events = lineage(rowsOf(added, searched()), 'w')
  expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE'])
  const [start, end] = events
  expect(end).toEqual({ ...start, eventType: 'COMPLETE' })
  const classified = (label: object) => ({
    scrydon_classification: {
      ...label,
      decisionId: 2,
      _producer: 'urn:scrydon:notebooks',
      _schemaURL: 'urn:scrydon:notebooks:classification:1',
    },
  })
  expect(start).toMatchObject({ job: { namespace: 'w', name: 'n_00000001' }, outputs: [] })
  expect(start?.inputs).toEqual([
    { namespace: 'w', name: 'library/d_00000001', facets: {}, inputFacets: classified(LOW) },
    { namespace: 'w', name: 'library/d_00000002', facets: {}, inputFacets: classified(HIGH) },
  ])
  expect(JSON.stringify(events)).not.toContain('cdcd')
})

test('a search that found nothing has no input', () => {
  const nothing = { allowed: true, documents: [], passages: 0, label: LOW }
  expect(lineage(rowsOf(searched({ decision: nothing })), 'w').map(({ inputs }) => inputs)).toEqual([[], []])
})

test('each end has its event', () => {
  const rows = rowsOf(decided(), decided(), done(1, { end: 'cut' }), done(2, { end: 'failed', rows: 0 }))
  const events = lineage(rows, 'workspace')
  expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'START', 'ABORT', 'FAIL'])
  expect(events[2]?.run.runId).toBe(events[0]?.run.runId)
  expect(events[3]?.run.runId).toBe(events[1]?.run.runId)
  expect(events[1]?.run.runId).not.toBe(events[0]?.run.runId)
})

test('reads of one kernel have one parent; another kernel has another', () => {
  const parents = lineage(rowsOf(decided(), decided(), decided({ kernel: 'k_00000002' })), 'workspace').map(
    ({ run }) => run.facets.parent?.run,
  )
  expect(parents[1]).toEqual(parents[0])
  expect(parents[2]).not.toEqual(parents[0])
})

test('what moved no data of tables is no lineage: refusals, edits, models, and an end without its beginning', () => {
  const edit = { person: 'p_00000001', version: 1, reason: 'as asked' }
  const rows = rowsOf(
    denied,
    decided({ decision: { allowed: false, why: 'clearance' } }),
    searched({ decision: { allowed: false, why: 'ungranted' } }),
    added,
    { kind: 'document-sent', person: 'p_00000002', document: 'd_00000001', label: LOW },
    { kind: 'table-added', table: 'flights', person: 'p_00000001' },
    { kind: 'policy-changed', table: 'flights', ...edit },
    { kind: 'subject-changed', of: 'p_00000002', ...edit },
    done(1),
    done(99),
    asked(),
    answered(8),
  )
  expect(lineage(rows, 'workspace')).toEqual([])
})

test('the order of the rows does not matter, and the digest of literals stays in the audit', () => {
  const rows = rowsOf(decided(), done(1), decided({ table: 'weather' }))
  const events = lineage(rows, 'workspace')
  expect(lineage(rows.toReversed(), 'workspace')).toEqual(events)
  expect(JSON.stringify(events)).not.toContain('abab')
})
