// What a kernel did, out of its rows of the record: in words for the person whose it is. Pure.
import type { ArtefactKind } from '#protocol/library/artefacts.ts'
import type { Sight } from '#protocol/sight.ts'
import { sizeText } from '#protocol/size.ts'
import type { AuditEntry, AuditRow } from '../seams/audit.ts'
import { count } from '../text.ts'

type Did = Sight['done'][number]
export type End = Extract<AuditEntry, { kind: 'write-done' | 'model-done' | 'inference-done' }>
/** How it ended, by the number of the row that allowed it. */
export type Ends = ReadonlyMap<number, End>

export const endsOf = (rows: readonly AuditRow[]): Ends =>
  new Map(rows.flatMap(({ entry }) => (isEnd(entry) ? [[entry.of, entry]] : [])))

const isEnd = (entry: AuditEntry): entry is End =>
  entry.kind === 'write-done' || entry.kind === 'model-done' || entry.kind === 'inference-done'

/** One thing that was done: those of one `key` are told as one, of whose amounts the sum or the newest. */
type Deed = {
  readonly what: Did['what']
  readonly key: string
  readonly amount: number
  readonly newest: boolean
  readonly text: (amount: number) => string
}
const WROTE = {
  append: (table: string) => (rows: number) => `Appended ${count(rows, 'row')} to “${table}”`,
  replace: (table: string) => (rows: number) => `Put ${count(rows, 'row')} in the place of yours in “${table}”`,
  create: (table: string) => (rows: number) => `Made the table “${table}” of ${count(rows, 'row')}`,
} as const

const KINDS: Record<ArtefactKind, string> = { table: 'tables', picture: 'pictures', chart: 'charts', file: 'files' }

/** Null: it is no deed, was refused, or has not ended well. What was sent to a model is a deed while it answers. */
function deedOf({ seq, entry }: AuditRow, ends: Ends): Deed | null {
  const done = ends.get(seq)
  switch (entry.kind) {
    case 'write-decided': {
      if (done?.kind !== 'write-done' || done.end !== 'complete') return null
      const { mode } = entry
      const text = WROTE[mode](done.table)
      return { what: 'write', key: `${mode} ${done.table}`, amount: done.rows, newest: mode !== 'append', text }
    }
    case 'model-decided': {
      if (!entry.decision.allowed || done?.end === 'failed') return null
      const text = (characters: number) => `Asked the model “${entry.model}”, in ${count(characters, 'character')}`
      return { what: 'prompt', key: entry.model ?? '', amount: entry.decision.characters, newest: false, text }
    }
    case 'inference-decided': {
      if (!entry.decision.allowed || done?.end === 'failed') return null
      const text = (rows: number) => `Gave the deployed model “${entry.model}” ${count(rows, 'row')} to score`
      return { what: 'prediction', key: entry.model ?? '', amount: entry.decision.rows, newest: false, text }
    }
    case 'search-decided': {
      if (!entry.decision.allowed) return null
      const text = (passages: number) => `Searched the library and was given ${count(passages, 'passage')}`
      return { what: 'search', key: '', amount: entry.decision.passages, newest: false, text }
    }
    case 'artefact-saved': {
      const text = (bytes: number) => `Saved ${KINDS[entry.what]} of ${sizeText(bytes)} as artefacts`
      return { what: 'save', key: entry.what, amount: entry.bytes, newest: false, text }
    }
    default:
      return null
  }
}

/** The newest first, as `rows` are. */
export function deedsOf(rows: readonly AuditRow[], ends: Ends): Did[] {
  const deeds = rows.flatMap((row) => {
    const deed = deedOf(row, ends)
    return deed ? [{ ...deed, at: row.at }] : []
  })
  return [...Map.groupBy(deeds, ({ what, key }) => `${what} ${key}`).values()].flatMap((alike) => {
    const [last] = alike
    if (!last) return []
    const amount = last.newest ? last.amount : alike.reduce((sum, deed) => sum + deed.amount, 0)
    return [{ what: last.what, text: last.text(amount), times: alike.length, at: last.at }]
  })
}
