// The record of reads and edits, in words: auditors see all of it, others what they did themselves. A row has no place for a value
// of data, and neither has a line; names that a kernel made up are told to whom they are not by an id (policy/naming.ts).
import { createHmac } from 'node:crypto'
import type { PersonId } from '#protocol/ids.ts'
import type { AuditLine } from '#protocol/managed.ts'
import { MAY } from '#protocol/standings.ts'
import { refuse } from '../errors.ts'
import { type LineageEvent, lineage } from '../governance/lineage.ts'
import { isTableId, meant, type Naming, naming } from '../policy/naming.ts'
import type { Audit, AuditEntry, AuditRow, Verdict } from '../seams/audit.ts'
import type { Subjects } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import { namesOf } from './catalogue.ts'
import { tablesIn, told } from './recordNames.ts'
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

type Options = {
  readonly ruling: Ruling
  readonly audit: Audit
  readonly governance: Pick<Subjects, 'subject'>
  readonly identity: Identity
}

export function makeRecord(given: Options): AuditRecord {
  const { ruling, audit, identity } = given
  const named = namesOf(identity)
  let verifying: Promise<Verdict> | null = null // one walk along the chain at a time, whoever asks
  return {
    async list(who, query) {
      const all = MAY[who.standing]['audit all']
      if (!all && !MAY[who.standing]['audit own']) throw refuse('not-found')
      const asked = await sought(given, who, query)
      if (asked === null) return { lines: [], older: false }
      const rows = await audit.list({ ...asked, limit: PAGE + 1 })
      const shown = rows.slice(0, PAGE)
      const tell = await telling(given, who, shown)
      return { lines: shown.map((row) => lineOf(row, tell(row), all, named)), older: rows.length > PAGE }
    },
    async lineage(who, before) {
      if (!MAY[who.standing]['audit all']) throw refuse('not-found')
      return exported(given, who, before)
    },
    async chain(who) {
      if (!MAY[who.standing]['audit all']) throw refuse('not-found')
      verifying ??= audit.verify().finally(() => {
        verifying = null
      })
      const verdict = await verifying
      if (!verdict.ok) return { holds: false, seq: verdict.seq }
      return { holds: true, rows: verdict.head.seq, hash: keyed(verdict.head.hash, ruling.key).slice(0, LINK) }
    },
  }
}

/** A run whose end is among the rows and whose beginning is older is told as the end that it is. */
async function exported(given: Options, who: Principal, before?: number): Promise<Lineage> {
  const { audit } = given
  const rows = await audit.list({ ...(before === undefined ? {} : { before }), limit: EXPORTED })
  const oldest = rows.at(-1)?.seq ?? 1
  const missed = rows.flatMap(({ entry }) =>
    'of' in entry && typeof entry.of === 'number' && entry.of < oldest ? [entry.of] : [],
  )
  const begun = (await Promise.all(missed.map((seq) => audit.list({ before: seq + 1, limit: 1 })))).flat()
  const tell = await telling(given, who, [...rows, ...begun])
  return { events: [...lineage(rows.map(tell), WORKSPACE, begun.map(tell))], older: oldest > 1 ? oldest : null }
}

/** Rows as they are told to somebody: what they did themselves in the names that it has, all else in those that they may know. */
async function telling(given: Options, who: Principal, rows: readonly AuditRow[]): Promise<(row: AuditRow) => AuditRow> {
  const { key } = given.ruling
  const names = await namesFor(given, who, new Set(rows.flatMap(({ entry }) => tablesIn(entry))))
  return ({ entry, hash, ...row }) => ({
    ...row,
    hash: keyed(hash, key),
    entry: entry.person === who.id ? entry : told(entry, names),
  })
}

/** The clearance is what the workspace's owner says of them: an auditor's, too, who reads no data by it. */
async function namesFor({ ruling, governance }: Options, who: Principal, tables: Iterable<string>): Promise<Naming> {
  const found = await Promise.all([...tables].map((name) => ruling.table(name)))
  const { clearance } = await governance.subject(who.id)
  return naming(new Map(found.flatMap((table) => (table === null ? [] : [[table.name, table]]))), clearance, ruling.key)
}

/** The links of the chain stand in no answer: by plain hashes of rows that are known but for a name, names could be guessed. */
const keyed = (hash: string, key: Uint8Array): string => createHmac('sha256', key).update(`link ${hash}`).digest('hex')

/** What is looked for, as far as they may; null: nothing is found. A table is meant by its name, or by its id. */
async function sought(given: Options, who: Principal, query: AuditFilter): Promise<AuditFilter | null> {
  const { ruling, audit } = given
  const names = query.table !== undefined && isTableId(query.table) ? await audit.tables() : []
  const asked = query.table === undefined ? query : { ...query, table: meant(query.table, names, ruling.key) }
  if (!MAY[who.standing]['audit all']) return (await mayAsk(ruling, who, asked)) ? { ...asked, person: who.id } : null
  if (asked.table === undefined || asked.table !== query.table) return asked
  if ((await namesFor(given, who, [asked.table])).table(asked.table) === asked.table) return asked
  const others = asked.person !== undefined && asked.person !== who.id
  return others ? null : { ...asked, person: who.id } // a guess finds nothing but what they did themselves
}

/** A filter must not tell a hidden table from one that there is not, nor speak of others. */
async function mayAsk(ruling: Ruling, who: Principal, { person, table }: AuditFilter): Promise<boolean> {
  if (person !== undefined && person !== who.id) return false
  if (table === undefined) return true
  const looked = await look(ruling, table, await ruling.subject(who.id))
  return looked.ok || looked.why !== 'absent'
}

/** `whole`: for an auditor; else a table that was not there for them is not named. */
function lineOf(row: AuditRow, { seq, hash, at, entry }: AuditRow, whole: boolean, named: Named): AuditLine {
  const said = inWords(entry, named)
  const table = 'table' in entry && (whole || !unseen(entry)) ? entry.table : null
  return {
    seq,
    hash: hash.slice(0, LINK),
    at,
    person: named(entry.person),
    table,
    alias: table !== null && 'table' in row.entry && row.entry.table !== table,
    kind: entry.kind,
    allowed: said.allowed ?? true,
    text: said.text,
    details: [...said.details],
  }
}

const unseen = (entry: AuditEntry): boolean =>
  (entry.kind === 'read-decided' || entry.kind === 'write-decided') && !entry.decision.allowed && entry.decision.why === 'absent'
