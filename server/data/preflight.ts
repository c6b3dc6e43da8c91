// Before a notebook is shared: which tables it reads, as far as its author's own runs and the names in its source tell, and how many of the
// others lack them or see less of them. Who that is, only the workspace's owner is told.
import type { NotebookId } from '#protocol/ids.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import type { Preflight } from '#protocol/shares.ts'
import { MAY } from '#protocol/standings.ts'
import { named } from '../notebooks/literals.ts'
import { decide } from '../policy/decide.ts'
import type { Subject } from '../policy/subject.ts'
import { AUDIT_PAGE, type Audit } from '../seams/audit.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'

type Options = { readonly ruling: Ruling; readonly audit: Audit; readonly identity: Identity }
export type FlyBefore = (author: Principal, notebook: NotebookId, source: string) => Promise<Preflight>

type Sees = 'nothing' | 'less' | 'all'
type Group = Preflight['tables'][number]['lack']

export function makePreflight({ ruling, audit, identity }: Options): FlyBefore {
  return async (author, notebook, source) => {
    const read = await readBy(audit, author, notebook)
    const me = await ruling.subject(author.id)
    const others = await Promise.all(identity.accounts().flatMap(({ id }) => (id === author.id ? [] : ruling.subject(id))))
    const members = others.filter(({ member }) => member)
    const nameOf = MAY[author.standing].govern ? ruling.nameOf : null
    const tables: Preflight['tables'] = []
    for (const table of await ruling.tables()) {
      if (!read.has(table.name) && !named(source, table.name)) continue
      const looked = await look(ruling, table.name, me)
      if (!looked.ok && looked.why === 'absent') continue // of what is hidden from the author nothing is told
      const { policy } = await ruling.policy(table.name)
      const line = lineOf(table, policy, members, ruling.now(), nameOf)
      if (line.lack.count + line.masked.count > 0) tables.push(line)
    }
    return { members: members.length, tables }
  }
}

/** Tables that the author's kernels of this notebook were given rows of, in the last that is on record of them. */
async function readBy(audit: Audit, author: Principal, notebook: NotebookId): Promise<ReadonlySet<string>> {
  const rows = await audit.list({ person: author.id, limit: AUDIT_PAGE })
  return new Set(
    rows.flatMap(({ entry }) =>
      entry.kind === 'read-decided' && entry.notebook === notebook && entry.decision.allowed && entry.table ? [entry.table] : [],
    ),
  )
}

function lineOf(
  table: Table,
  policy: Policy,
  members: readonly Subject[],
  now: number,
  nameOf: ((person: string) => string) | null,
): Preflight['tables'][number] {
  const seen = Map.groupBy(members, (who) => sees(table, policy, who, now))
  const group = (those: readonly Subject[] = []): Group => ({
    count: those.length,
    people: nameOf && those.map(({ person }) => nameOf(person)),
  })
  return { table: table.name, lack: group(seen.get('nothing')), masked: group(seen.get('less')) }
}

function sees(table: Table, policy: Policy, who: Subject, now: number): Sees {
  const decision = decide(table, policy, who, now)
  if (!decision.ok) return 'nothing'
  const { columns, filtered } = decision.view
  return filtered || columns.length < table.columns.length || columns.some(({ mask }) => mask !== null) ? 'less' : 'all'
}
