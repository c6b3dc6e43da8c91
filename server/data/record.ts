// The record of reads and edits, in words: auditors see all of it, others what they did themselves. A row has no place for a value
// of data, and neither has a line.
import type { PersonId } from '#protocol/ids.ts'
import type { AuditLine } from '#protocol/managed.ts'
import { MAY } from '#protocol/standings.ts'
import { refuse } from '../errors.ts'
import { type LineageEvent, lineage } from '../governance/lineage.ts'
import type { Audit, AuditEntry, AuditRow, Verdict } from '../seams/audit.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import { namesOf } from './catalogue.ts'
import { inWords, type Named } from './recordWords.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'

const WORKSPACE = 'workspace' // what lineage calls it, of which there is one
const PAGE = 50 // lines
const EXPORTED = 1000 // rows that are told as lineage at once
const LINK = 12 // digits of a hash that are shown

export type AuditFilter = { readonly before?: number; readonly person?: PersonId; readonly table?: string }
type Chain =
  | { readonly holds: true; readonly rows: number; readonly hash: string }
  | { readonly holds: false; readonly seq: number }

export type Lineage = { readonly events: LineageEvent[]; readonly older: number | null }

export type AuditRecord = {
  list(who: Principal, query: AuditFilter): Promise<{ lines: AuditLine[]; older: boolean }>
  lineage(who: Principal, before?: number): Promise<Lineage>
  chain(who: Principal): Promise<Chain>
}

type Options = { readonly ruling: Ruling; readonly audit: Audit; readonly identity: Identity }

export function makeRecord({ ruling, audit, identity }: Options): AuditRecord {
  const named = namesOf(identity)
  let verifying: Promise<Verdict> | null = null // one walk along the chain at a time, whoever asks
  return {
    async list(who, query) {
      const all = MAY[who.standing]['audit all']
      if (!all && !MAY[who.standing]['audit own']) throw refuse('not-found')
      if (!all && !(await mayAsk(ruling, who, query))) return { lines: [], older: false }
      const rows = await audit.list({ ...query, ...(all ? {} : { person: who.id }), limit: PAGE + 1 })
      const lines = rows.slice(0, PAGE).map((row) => lineOf(row, all, named))
      return { lines, older: rows.length > PAGE }
    },
    async lineage(who, before) {
      if (!MAY[who.standing]['audit all']) throw refuse('not-found')
      return exported(audit, before)
    },
    async chain(who) {
      if (!MAY[who.standing]['audit all']) throw refuse('not-found')
      verifying ??= audit.verify().finally(() => {
        verifying = null
      })
      const verdict = await verifying
      if (!verdict.ok) return { holds: false, seq: verdict.seq }
      return { holds: true, rows: verdict.head.seq, hash: verdict.head.hash.slice(0, LINK) }
    },
  }
}

/** A run whose end is among the rows and whose beginning is older is told as the end that it is. */
async function exported(audit: Audit, before?: number): Promise<Lineage> {
  const rows = await audit.list({ ...(before === undefined ? {} : { before }), limit: EXPORTED })
  const oldest = rows.at(-1)?.seq ?? 1
  const missed = rows.flatMap(({ entry }) =>
    'of' in entry && typeof entry.of === 'number' && entry.of < oldest ? [entry.of] : [],
  )
  const begun = await Promise.all(missed.map((seq) => audit.list({ before: seq + 1, limit: 1 })))
  return { events: [...lineage(rows, WORKSPACE, begun.flat())], older: oldest > 1 ? oldest : null }
}

/** A filter must not tell a hidden table from one that there is not, nor speak of others. */
async function mayAsk(ruling: Ruling, who: Principal, { person, table }: AuditFilter): Promise<boolean> {
  if (person !== undefined && person !== who.id) return false
  if (table === undefined) return true
  const looked = await look(ruling, table, await ruling.subject(who.id))
  return looked.ok || looked.why !== 'absent'
}

/** `whole`: for an auditor; else a table that was not there for them is not named. */
function lineOf({ seq, hash, at, entry }: AuditRow, whole: boolean, named: Named): AuditLine {
  const said = inWords(entry, named)
  return {
    seq,
    hash: hash.slice(0, LINK),
    at,
    person: named(entry.person),
    table: 'table' in entry && (whole || !unseen(entry)) ? entry.table : null,
    kind: entry.kind,
    allowed: said.allowed ?? true,
    text: said.text,
    details: [...said.details],
  }
}

const unseen = (entry: AuditEntry): boolean =>
  (entry.kind === 'read-decided' || entry.kind === 'write-decided') && !entry.decision.allowed && entry.decision.why === 'absent'
