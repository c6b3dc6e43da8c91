// What a kernel was refused, out of its rows of the record: in words for the person whose it is, with what to do. Pure.
import type { LibraryCall } from '#protocol/library.ts'
import type { Sight } from '#protocol/sight.ts'
import type { ARTEFACT_DENIALS, AuditEntry, AuditRow, INFERENCE_DENIALS, MODEL_DENIALS } from '../seams/audit.ts'
import type { End, Ends } from './deeds.ts'
import type { Denial } from './ruling.ts'
import { filled, REFUSALS } from './words.ts'
import type { WriteDenial } from './writing.ts'

type Refused = Sight['refused'][number]
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

const PREDICTIONS: Record<(typeof INFERENCE_DENIALS)[number], string> = {
  absent:
    'There is no deployed model of the name that you asked for. inference.models() lists those that you may use here; ask {contact} for another.',
  closed: REFUSALS['inference-closed'],
  ungranted: REFUSALS['inference-ungranted'],
  readers: REFUSALS['inference-readers'],
  label:
    'The model “{model}” may not get what this kernel has read. Use one that inference.models() lists, predict before you read more (in a kernel that was restarted), or ask {contact}.',
  clearance:
    'What the model “{model}” says is classified above your clearance. Use one that inference.models() lists, or ask {contact}.',
  inputs: 'What was to be scored does not fit the model “{model}”. The error in its cell says what it takes.',
}
const UNSCORED = 'The model “{model}” failed to score. Predict again, with smaller batches, or tell {contact}.'

const SAVES: Record<(typeof ARTEFACT_DENIALS)[number], string> = {
  members: 'Artefacts are for members of this workspace, so nothing was saved. Ask {contact} to make you one.',
  room: 'There was no room for an artefact. Remove some on the page of artefacts, or ask {contact}.',
  content: 'What was to be saved was too large, or not what it was said to be. The error in its cell says which.',
  revoked: 'Policies changed while an artefact was saved, so it was not. Run the cell again.',
  cut: 'The save of an artefact was cut before it was done, and nothing was kept. Run the cell again.',
  failed: 'The save of an artefact failed, and nothing was kept. If it fails again, tell {contact} when it did.',
}

/** What a reader’s kernel asked for, which may not. */
const BARRED: Record<LibraryCall, Refused['what']> = {
  'tables.list': 'read',
  'tables.describe': 'read',
  'tables.read': 'read',
  'tables.query': 'read',
  'tables.write': 'write',
  'tables.written': 'write',
  'kb.search': 'search',
  'llm.models': 'prompt',
  'llm.begin': 'prompt',
  'llm.next': 'prompt',
  'llm.cancel': 'prompt',
  'artefacts.save': 'save',
  'artefacts.saved': 'save',
  'artefacts.list': 'save',
  'inference.models': 'prediction',
  'inference.describe': 'prediction',
  'inference.predict': 'prediction',
}

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
    case 'inference-decided': {
      const failed = ends.get(seq)?.end === 'failed'
      if (entry.decision.allowed && !failed) return null
      const text = entry.decision.allowed ? UNSCORED : PREDICTIONS[entry.decision.why]
      return { ...none, what: 'prediction', text, model: entry.model }
    }
    case 'artefact-refused':
      return { ...none, what: 'save', text: SAVES[entry.why] }
    case 'call-barred':
      return {
        ...none,
        what: BARRED[entry.call],
        text: filled(REFUSALS[entry.preview ? 'preview' : 'readers'], { call: entry.call }),
      }
    default:
      return null
  }
}

function unwritten({ mode, table, decision }: Of<'write-decided'>, done: End | undefined, at: number): Refusal | null {
  const write = { what: 'write', table, model: null, at } as const
  if (!decision.allowed) {
    const { why } = decision
    const text = (mode === 'create' ? MAKING[why] : undefined) ?? WRITES[why]
    return { ...write, text, table: known(table, why), closed: CLOSED.has(why) }
  }
  if (done === undefined || done.end === 'complete') return null
  return { ...write, text: UNWRITTEN[done.end], closed: false }
}
