// Rows of the record of one kernel, for tests of what is said of them.
import type { ArtefactKind } from '#protocol/library/artefacts.ts'
import type { LibraryCall } from '#protocol/library.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import type {
  ARTEFACT_DENIALS,
  AuditEntry,
  AuditRow,
  DENIALS,
  INFERENCE_DENIALS,
  MODEL_DENIALS,
  WRITE_DENIALS,
} from '../../seams/audit.ts'
import type { Ends } from '../deeds.ts'

const of = { person: 'p_00000001', notebook: 'n_00000001', version: null, kernel: 'k_00000001' } as const
const row = (seq: number, entry: AuditEntry): AuditRow => ({ seq, at: seq * 10, previous: '', hash: '', entry })
export const NONE: Ends = new Map()

export const write = (seq: number, mode: 'append' | 'replace' | 'create', table: string) =>
  row(seq, {
    kind: 'write-decided',
    ...of,
    write: 'w_0000000000000000',
    mode,
    table,
    decision: { allowed: true, columns: [], policy: 1, rules: [], label: LOWEST },
  })
export const unwritten = (why: (typeof WRITE_DENIALS)[number], mode: 'append' | 'create', table: string | null) =>
  row(1, { kind: 'write-decided', ...of, write: 'w_0000000000000000', mode, table, decision: { allowed: false, why } })
export const wrote = (of: number, table: string, rows: number, end: 'complete' | 'refused' | 'cut' | 'failed' = 'complete') =>
  [of, { kind: 'write-done', person: 'p_00000001', table, of, rows, end }] as const
export const prompt = (seq: number, characters: number) =>
  row(seq, {
    kind: 'model-decided',
    ...of,
    model: 'default',
    decision: { allowed: true, label: LOWEST, messages: 1, characters, tokens: 9 },
  })
export const unread = (why: (typeof DENIALS)[number], table: string | null) =>
  row(1, { kind: 'read-decided', ...of, table, decision: { allowed: false, why } })
export const unasked = (why: (typeof MODEL_DENIALS)[number]) =>
  row(1, {
    kind: 'model-decided',
    ...of,
    model: why === 'absent' ? null : 'default',
    decision: { allowed: false, why, label: LOWEST },
  })
export const search = (seq: number, passages: number) =>
  row(seq, {
    kind: 'search-decided',
    ...of,
    query: '0'.repeat(64),
    decision: { allowed: true, documents: [], passages, label: LOWEST },
  })
const scoring = { kind: 'inference-decided', ...of } as const
export const prediction = (seq: number, rows: number) => {
  const decision = { allowed: true, label: LOWEST, counts: LOWEST, columns: [], rows } as const
  return row(seq, { ...scoring, model: 'delays', decision })
}
export const predicted = (of: number, end: 'complete' | 'failed') =>
  [of, { kind: 'inference-done', person: 'p_00000001', model: 'delays', of, rows: 0, end }] as const
export const unscored = (why: (typeof INFERENCE_DENIALS)[number]) =>
  row(1, { ...scoring, model: why === 'absent' ? null : 'delays', decision: { allowed: false, why, label: LOWEST } })
export const save = (seq: number, what: ArtefactKind, bytes: number) => {
  const artefact = { artefact: 'a_00000001', what, bytes, digest: '0'.repeat(64), label: LOWEST, inputs: [] }
  return row(seq, { kind: 'artefact-saved', ...of, ...artefact })
}
export const unsaved = (why: (typeof ARTEFACT_DENIALS)[number]) => row(1, { kind: 'artefact-refused', ...of, what: 'table', why })
export const barred = (call: LibraryCall) => row(1, { kind: 'call-barred', ...of, call })
