import type { DatabaseSync } from 'node:sqlite'
import type { AccessRequest, Bounds, Ending, NewRequest, Requests } from '../seams/requests.ts'
import { type Append, appender } from './audit.ts'
import { transaction } from './database.ts'

type Row = Omit<AccessRequest, 'end' | 'table'> & {
  readonly about: string
  readonly state: Ending['state'] | 'open'
  readonly ended: number | null
  readonly ender: string | null
  readonly answer: string
}

function read(row: unknown): AccessRequest {
  const { about, state, ended, ender, answer, ...request } = row as Row
  const end = state === 'open' ? null : { state, by: ender ?? '', at: ended ?? 0, words: answer }
  return { ...request, table: about, end }
}

/** Inside of the caller's transaction. */
export type Answering = {
  readonly isOpen: (id: string, table: string) => boolean
  /** False: it was not open. */
  readonly end: (id: string, ending: Ending) => boolean
}

export function answering(database: DatabaseSync, append: Append = appender(database)): Answering {
  const one = database.prepare("SELECT person, about FROM requests WHERE id = ? AND state = 'open'")
  const update = database.prepare('UPDATE requests SET state = ?, ender = ?, ended = ?, answer = ? WHERE id = ?')
  const find = (id: string) => one.get(id) as { person: string; about: string } | undefined
  return {
    isOpen: (id, table) => find(id)?.about === table,
    end: (id, { state, by, at, words }) => {
      const found = find(id)
      if (!found) return false
      update.run(state, by, at, words, id)
      const about = { person: by, table: found.about, request: id }
      append(
        state === 'withdrawn' ? { kind: 'access-withdrawn', ...about } : { kind: `access-${state}`, of: found.person, ...about },
        at,
      )
      return true
    },
  }
}

export function requests(database: DatabaseSync): Requests {
  const append = appender(database)
  const { end } = answering(database, append)
  const select = 'SELECT id, person, notebook, about, policy, words, at, state, ended, ender, answer FROM requests'
  const one = database.prepare(`${select} WHERE id = ?`)
  const last = database.prepare(
    `${select} WHERE person = ? AND about = ? AND state <> 'withdrawn' ORDER BY at DESC, rowid DESC LIMIT 1`,
  )
  const open = database.prepare(`${select} WHERE state = 'open' ORDER BY at, rowid`)
  const counts = database.prepare(
    "SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE at >= ?) AS made FROM requests WHERE person = ?",
  )
  const insert = database.prepare(
    'INSERT INTO requests (id, person, notebook, about, policy, words, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const lastOf = (person: string, table: string) => {
    const row = last.get(person, table)
    return row ? read(row) : null
  }
  const ask = ({ id, person, notebook, table, policy, words, at }: NewRequest, bounds: Bounds) => {
    const before = lastOf(person, table)
    if (before?.policy === policy && before.end?.state !== 'granted') return 'known'
    const found = counts.get(bounds.since, person) as { open: number; made: number }
    const others = found.open - (before?.end === null ? 1 : 0)
    if (others >= bounds.open || found.made >= bounds.made) return 'too-many'
    if (before) end(before.id, { state: 'withdrawn', by: person, at, words: '' })
    insert.run(id, person, notebook, table, policy, words, at)
    append({ kind: 'access-asked', person, notebook, table, request: id, policy }, at)
    return 'asked'
  }
  return {
    ask: async (request, bounds) => transaction(database, () => ask(request, bounds)),
    get: async (id) => {
      const row = one.get(id)
      return row ? read(row) : null
    },
    last: async (person, table) => lastOf(person, table),
    open: async () => open.all().map(read),
    end: async (id, ending) => transaction(database, () => end(id, ending)),
  }
}
