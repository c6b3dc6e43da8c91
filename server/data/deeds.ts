// What a kernel did and what it was refused, out of its rows of the record: in words for the person whose it is, with what to do. Pure.
import type { Sight } from '#protocol/sight.ts'
import type { AuditEntry, AuditRow, MODEL_DENIALS } from '../seams/audit.ts'
import type { Denial } from './ruling.ts'
import { REFUSALS } from './words.ts'
import type { WriteDenial } from './writing.ts'

type Refused = Sight['refused'][number]
type Did = Sight['done'][number]
/** `text`: with {table}, {owner}, {contact}, {model} to be filled. `closed`: the table itself is, to the person. */
export type Refusal = {
  readonly what: Refused['what']
  readonly text: string
  readonly table: string | null
  readonly model: string | null
  readonly closed: boolean
  readonly at: number
}
type Of<K extends AuditEntry['kind']> = Extract<AuditEntry, { kind: K }>
/** How it ended, by the number of the row that allowed it. */
export type Ends = ReadonlyMap<number, Of<'write-done'> | Of<'model-done'>>

const GONE = 'A table that you asked for is not there for you. Ask {contact} if there should be one.'

const READS: Record<Denial, string> = {
  absent: GONE,
  ungranted: REFUSALS['table-ungranted'],
  clearance: REFUSALS['table-clearance'],
  policy: REFUSALS['table-policy'],
  question: 'A read of “{table}” asked for what it has not. tables.describe says what there is for you.',
  label: 'A read of “{table}” would have lifted this kernel above your clearance. Ask {owner}, who owns it.',
  limit: 'A read of “{table}” was larger than one read may be. Name fewer columns, narrow it with where, or set limit.',
  stale: 'The rules of “{table}” changed while it was to be read. Run the cell again.',
  failed: 'A read of “{table}” could not be made. Run the cell again in a few seconds.',
}
const WRITES: Record<WriteDenial, string> = {
  absent: GONE,
  ungranted: REFUSALS['table-ungranted'],
  clearance: REFUSALS['table-clearance'],
  policy: REFUSALS['table-policy'],
  unwritable: REFUSALS['write-ungranted'],
  label:
    '“{table}” may not hold what this kernel has read, so it was not written. Restart the kernel and read less before you write, or ask {owner}.',
  masked:
    'Something of “{table}” is masked for you, so it was not written. Leave masked columns out, append where you replaced, or ask {owner}.',
  schema: 'What was to be written does not fit “{table}”. The error in its cell says where.',
  taken:
    'You have a table of the name that was to be made. Change it with mode="replace" or mode="append", or take another name.',
}
/** Of a table that was to be made, which has no name on record. */
const MAKING: Partial<Record<WriteDenial, string>> = {
  unwritable: 'You may not make tables in this workspace. Ask {contact} for a grant.',
  label:
    'A table that was to be made may not hold what this kernel has read. Restart the kernel and read less before you write, or ask {contact}.',
  schema: 'A table was not made: what was to be in it, or its name, cannot be. The error in its cell says where.',
}
const UNWRITTEN = {
  refused:
    'What you may write to “{table}” changed meanwhile, or some rows were not yours, and nothing was written. Its cell says why.',
  cut: 'The write to “{table}” was cut before it was done, and nothing was written. Run the cell again, or ask {contact}.',
  failed: 'The write to “{table}” failed, and nothing was written. If it fails again, tell {contact} when it did.',
} as const
const PROMPTS: Record<(typeof MODEL_DENIALS)[number], string> = {
  absent:
    'There is no model of the name that you asked for. llm.models() lists those that you may use here; ask {contact} for another.',
  closed: REFUSALS['llm-closed'],
  readers: REFUSALS['llm-readers'],
  label:
    'The model “{model}” may not get what this kernel has read. Use one that llm.models() lists, ask before you read (in a kernel that was restarted), or ask {contact}.',
  tokens: 'The model “{model}” answers with fewer tokens than were asked for. Set max_tokens to less, or ask {contact}.',
  share:
    'Too few of the tokens of “{model}” that you may take in a day were left. Shorten the prompt, wait until tomorrow (UTC), or ask {contact}.',
  quota:
    'Too few of your tokens of that day (UTC) were left for “{model}”. Shorten the prompt, wait until tomorrow, or ask {contact}.',
}
const UNANSWERED = 'The model “{model}” failed to answer. Ask it again, or tell {contact}.'

const CLOSED: ReadonlySet<string> = new Set(['ungranted', 'clearance', 'policy'])

/** What is hidden has no more of a name than what there is not. */
const known = (table: string | null, why: string) => (why === 'absent' ? null : table)

/** Null: it was not refused. */
export function refusalOf({ seq, at, entry }: AuditRow, ends: Ends): Refusal | null {
  const none = { table: null, model: null, closed: false, at }
  switch (entry.kind) {
    case 'read-decided': {
      if (entry.decision.allowed) return null
      const { why } = entry.decision
      return { ...none, what: 'read', text: READS[why], table: known(entry.table, why), closed: CLOSED.has(why) }
    }
    case 'write-decided':
      return unwritten(entry, ends.get(seq), at)
    case 'search-decided':
      return entry.decision.allowed ? null : { ...none, what: 'search', text: REFUSALS['library-members'] }
    case 'model-decided': {
      const failed = ends.get(seq)?.end === 'failed'
      if (entry.decision.allowed && !failed) return null
      const text = entry.decision.allowed ? UNANSWERED : PROMPTS[entry.decision.why]
      return { ...none, what: 'prompt', text, model: entry.model }
    }
    default:
      return null
  }
}

function unwritten(
  { mode, table, decision }: Of<'write-decided'>,
  done: Of<'write-done'> | Of<'model-done'> | undefined,
  at: number,
): Refusal | null {
  const write = { what: 'write', table, model: null, at } as const
  if (!decision.allowed) {
    const { why } = decision
    const text = (mode === 'create' ? MAKING[why] : undefined) ?? WRITES[why]
    return { ...write, text, table: known(table, why), closed: CLOSED.has(why) }
  }
  if (done === undefined || done.end === 'complete') return null
  return { ...write, text: UNWRITTEN[done.end], closed: false }
}

const count = (many: number, one: string) => `${many.toLocaleString('en')} ${many === 1 ? one : `${one}s`}`

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

/** Null: it is no deed, was refused, or has not ended well. */
function deedOf({ seq, entry }: AuditRow, ends: Ends): Deed | null {
  if (entry.kind === 'write-decided') {
    const done = ends.get(seq)
    if (done?.kind !== 'write-done' || done.end !== 'complete') return null
    const { mode } = entry
    const text = WROTE[mode](done.table)
    return { what: 'write', key: `${mode} ${done.table}`, amount: done.rows, newest: mode !== 'append', text }
  }
  if (entry.kind === 'model-decided' && entry.decision.allowed && ends.get(seq)?.end !== 'failed') {
    const text = (characters: number) => `Asked the model “${entry.model}”, in ${count(characters, 'character')}`
    return { what: 'prompt', key: entry.model ?? '', amount: entry.decision.characters, newest: false, text }
  }
  if (entry.kind !== 'search-decided' || !entry.decision.allowed) return null
  const text = (passages: number) => `Searched the library and was given ${count(passages, 'passage')}`
  return { what: 'search', key: '', amount: entry.decision.passages, newest: false, text }
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
