import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { AUDIT_PAGE, type Audit, AuditEntry, type AuditQuery, type AuditRow, type Verdict } from '../seams/audit.ts'
import { type ChainedRow, chained, follows, GENESIS, type Link } from '../seams/chain.ts'
import { transaction } from './database.ts'
import { json } from './json.ts'

const COLUMNS = 'seq, at, previous, hash, entry'
const BATCH = 1000 // rows verified between two turns of the event loop
/** From name to name in the index, however many rows each has. */
const TABLES = `WITH RECURSIVE names (about) AS (
    SELECT min(about) FROM audit
    UNION ALL SELECT (SELECT min(audit.about) FROM audit WHERE audit.about > names.about) FROM names WHERE names.about IS NOT NULL
  ) SELECT about FROM names WHERE about IS NOT NULL`

const column = json('audit row', AuditEntry)
const read = (row: unknown): AuditRow => {
  const found = row as ChainedRow
  return { ...found, entry: column.read(found.entry, String(found.seq)) }
}

export type Append = (entry: AuditEntry, at: number) => Link

/**
 * Inside of the caller's transaction. It follows the stored head: where a tail was removed, the gap stays to be found; where the
 * head was taken back, the row is there already and nothing more is written.
 */
export function appender(database: DatabaseSync): Append {
  const headOf = head(database)
  const insert = database.prepare(`INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
  const mark = database.prepare(
    `INSERT INTO audit_head (only, seq, hash) VALUES (0, ?, ?)
     ON CONFLICT (only) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
  )
  return (entry, at) => {
    const before = headOf()
    const { seq, previous, hash, entry: text } = chained(before, at, column.write(entry, entry.kind))
    insert.run(seq, at, previous, hash, text)
    mark.run(seq, hash)
    return { seq, hash }
  }
}

function head(database: DatabaseSync): () => Link {
  const one = database.prepare('SELECT seq, hash FROM audit_head')
  return () => (one.get() as Link | undefined) ?? GENESIS
}

export function audit(database: DatabaseSync): Audit {
  const append = appender(database)
  const tables = database.prepare(TABLES)
  return {
    append: async (entry, at) => transaction(database, () => append(entry, at)),
    list: async (query) => list(database, query).map(read),
    tables: async () => (tables.all() as { about: string }[]).map(({ about }) => about),
    verify: (kept) => verify(database, kept),
  }
}

function list(database: DatabaseSync, { before, limit, person, table, kernel }: AuditQuery): readonly unknown[] {
  const wanted = [
    { sql: 'seq < ?', value: before },
    { sql: 'person = ?', value: person },
    { sql: 'about = ?', value: table },
    { sql: 'kernel = ?', value: kernel },
  ].flatMap(({ sql, value }) => (value === undefined ? [] : [{ sql, value }]))
  const where = ['1', ...wanted.map(({ sql }) => sql)].join(' AND ')
  const page = Math.min(Math.max(limit, 0), AUDIT_PAGE)
  return database
    .prepare(`SELECT ${COLUMNS} FROM audit WHERE ${where} ORDER BY seq DESC LIMIT ?`)
    .all(...wanted.map(({ value }) => value), page)
}

/** In batches, so that a long chain does not hold up the gateway; the last one is compared with the head in the same turn. */
async function verify(database: DatabaseSync, kept: Link = GENESIS): Promise<Verdict> {
  const next = database.prepare(`SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ${BATCH}`)
  const headOf = head(database)
  let last = GENESIS
  for (;;) {
    const rows = next.all(last.seq) as unknown as ChainedRow[]
    for (const row of rows) {
      if (!follows(last, row) || (row.seq === kept.seq && row.hash !== kept.hash)) return { ok: false, seq: last.seq + 1 }
      last = row
    }
    if (rows.length < BATCH) return ended(last, headOf(), kept)
    await setImmediate()
  }
}

function ended({ seq, hash }: Link, stored: Link, kept: Link): Verdict {
  if (stored.seq !== seq) return { ok: false, seq: Math.min(stored.seq, seq) + 1 }
  if (stored.hash !== hash) return { ok: false, seq }
  return kept.seq > seq ? { ok: false, seq: seq + 1 } : { ok: true, head: { seq, hash } }
}
