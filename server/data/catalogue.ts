// Managed tables in the shell: what one sees of them oneself, and for owners their policies, the people, and what a policy would
// make somebody see. Decided as for a kernel; rows are in none of it.
import type { PersonId } from '#protocol/ids.ts'
import type {
  PersonCard,
  PolicyCard,
  PolicyLine,
  PolicyVersion,
  Preview,
  TableCard,
  TablePage,
  Viewer,
} from '#protocol/managed.ts'
import { type Audience, faults, type Policy, type Table } from '#protocol/policy/policy.ts'
import type { Disclosure } from '#protocol/release.ts'
import { MAY } from '#protocol/standings.ts'
import { refuse } from '../errors.ts'
import { decide } from '../policy/decide.ts'
import { isTableId, mayRule, meant, tableId } from '../policy/naming.ts'
import { profiled } from '../policy/profile.ts'
import { mayRelease } from '../policy/release.ts'
import type { Subject } from '../policy/subject.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Governance } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { MadeTables } from '../seams/made.ts'
import { governed, mustGovern, readable } from './edits.ts'
import { disclosureOf } from './origin.ts'
import { cardOf, columnsOf, pageOf } from './page.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'
import { THEIRS } from './words.ts'

const VERSIONS = 50 // of one policy that are shown

type Options = {
  readonly ruling: Ruling
  readonly governance: Governance
  readonly made: MadeTables
  readonly identity: Identity
  readonly plane: Pick<DataPlane, 'writes'> | null
}

export type Catalogue = {
  tables(who: Principal): Promise<TableCard[]>
  /** By its name, or by the id that stands for it on record. */
  table(who: Principal, name: string): Promise<TablePage>
  /** What a release to these would give them. */
  disclosure(who: Principal, table: string, to: readonly Audience[]): Promise<Disclosure>
  /** Who may be able to open what is released to them. */
  members(who: Principal): Promise<ReturnType<Named>[]>
  people(who: Principal): Promise<PersonCard[]>
  policies(who: Principal): Promise<PolicyLine[]>
  policy(who: Principal, table: string): Promise<PolicyCard>
  versions(who: Principal, table: string): Promise<PolicyVersion[]>
  preview(who: Principal, table: string, policy: Policy, as: Viewer): Promise<Preview>
}

export const makeCatalogue = (given: Options): Catalogue => ({ ...tablesOf(given), ...rulesOf(given) })

function tablesOf(given: Options): Pick<Catalogue, 'tables' | 'table' | 'disclosure' | 'members'> {
  const { ruling, governance, made, identity, plane } = given
  const named = namesOf(identity)
  return {
    async tables(who) {
      if (!MAY[who.standing]['see tables']) return []
      const subject = await ruling.subject(who.id)
      const looked = await Promise.all((await ruling.tables()).map(({ name }) => look(ruling, name, subject)))
      return looked.flatMap((one) => cardOf(ruling, one, named) ?? [])
    },
    async table(who, asked) {
      const names = isTableId(asked) ? (await ruling.tables()).map(({ name }) => name) : []
      const name = meant(asked, names, ruling.key)
      const subject = await ruling.subject(who.id)
      const looked = await look(ruling, name, subject)
      const card = cardOf(ruling, looked, named)
      if (card === null) throw refuse('not-found')
      if (!looked.ok) return { card, columns: [], writable: false, origin: null, release: null, classify: null }
      return { card, ...(await pageOf(ruling, { governance, made, plane }, looked.sight, subject, MAY[who.standing].govern)) }
    },
    async disclosure(who, name, to) {
      const maker = await ruling.subject(who.id)
      const { table } = await readable(ruling, maker, name)
      if (!mayRelease(table, maker)) throw refuse('not-your-table')
      const { inputs } = (await made.find(name)) ?? { inputs: { tables: [], library: null } }
      return disclosureOf(ruling, identity, { maker, label: table.label, inputs, to })
    },
    async members(who) {
      const sees = (one: Principal) => MAY[one.standing]['see tables']
      if (!sees(who)) throw refuse('not-found')
      const all = identity.accounts().filter(sees)
      return all.map(({ id }) => named(id))
    },
  }
}

/** For who makes the rules. */
function rulesOf({ ruling, governance, identity }: Options): Omit<Catalogue, keyof ReturnType<typeof tablesOf>> {
  const named = namesOf(identity)
  return {
    async people(who) {
      mustGovern(who)
      const here = identity.accounts().filter(({ standing }) => standing !== 'none')
      return Promise.all(here.map((account) => personCard(governance, account, named)))
    },
    async policies(who) {
      mustGovern(who)
      const { clearance } = await ruling.subject(who.id)
      const lines = (await ruling.tables()).map((table) => policyLine(ruling, table, mayRule(table, clearance)))
      return (await Promise.all(lines)).sort(inOrder)
    },
    async policy(who, name) {
      const table = await governed(ruling, who, name)
      const [newest] = await governance.tableHistory(name)
      return { table, tableVersion: newest?.version ?? 0, owner: named(table.owner), ...(await ruling.policy(name)) }
    },
    async versions(who, table) {
      await governed(ruling, who, table)
      const all = (await governance.policyHistory(table)).slice(0, VERSIONS)
      return all.map(({ version, value, by, at, reason }) => ({ version, policy: value, by: named(by), at, reason }))
    },
    async preview(who, name, policy, as) {
      const table = await governed(ruling, who, name)
      if (as.is === 'person' && identity.find(as.person) === null) throw refuse('not-found')
      const viewer = as.is === 'person' ? await ruling.subject(as.person) : profiled(policy, as)
      return previewed(table, policy, viewer, ruling.now())
    },
  }
}

function previewed(table: Table, policy: Policy, who: Subject, now: number): Preview {
  const wrong = faults(table, policy)
  if (wrong.length > 0) throw refuse('policy-faults', { faults: wrong.join('; ') })
  const decision = decide({ ...table, hidden: false }, policy, who, now) // its owner may know why
  if (!decision.ok) return { readable: false, why: THEIRS[decision.why] }
  const columns = columnsOf(table, decision.view)
  const shown = new Set(columns.map(({ name }) => name))
  const hidden = table.columns.flatMap(({ name }) => (shown.has(name) ? [] : [name]))
  return { readable: true, columns, hidden, filtered: decision.view.filtered }
}

type Named = (person: PersonId) => TableCard['owner']

export const namesOf =
  (identity: Identity): Named =>
  (person) => ({ id: person, name: identity.find(person)?.name ?? 'Somebody who has left' })

/** Those without a name last, by their ids: where a name would stand among others says something of it. */
const inOrder = (one: PolicyLine, other: PolicyLine): number =>
  Number(one.alias) - Number(other.alias) || (one.table < other.table ? -1 : 1)

async function policyLine(ruling: Ruling, { name, label }: Table, named: boolean): Promise<PolicyLine> {
  const { policy, version } = await ruling.policy(name)
  const { grants, rows, masks } = policy
  const table = named ? name : tableId(name, ruling.key)
  return { table, alias: !named, label, version, grants: grants.length, rows: rows.length, masks: masks.length }
}

async function personCard(governance: Governance, { id, name, standing: role }: Principal, named: Named): Promise<PersonCard> {
  const [newest] = await governance.subjectHistory(id)
  const changed = newest ? { by: named(newest.by), at: newest.at, reason: newest.reason } : null
  return { person: { id, name }, role, standing: await governance.subject(id), version: newest?.version ?? 0, changed }
}
