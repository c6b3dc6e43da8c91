// The one way by which a policy changes, and what is said of a table, a person, a model or the workspace: the right to it, the version it was
// made from, the reason, and then at once what it takes away: streams and answers are cut, kernels that hold what they no longer may end.
import type { PersonId, RequestId } from '#protocol/ids.ts'
import type { TableDetails } from '#protocol/managed.ts'
import type { Standing } from '#protocol/policy/edit.ts'
import type { Column, Policy, Table } from '#protocol/policy/policy.ts'
import type { RouteRules } from '#protocol/policy/route.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import { MAY } from '#protocol/standings.ts'
import { refuse } from '../errors.ts'
import type { Routes } from '../llm/routes.ts'
import { offered } from '../llm/terms.ts'
import type { Log } from '../log.ts'
import { type About, aboutPerson, aboutTable, type DataPlane } from '../seams/dataPlane.ts'
import type { Change, Edited, Governance } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { Requests } from './requests.ts'

/** `answers`: the open request that is granted with it. */
type Wanted = { readonly onto: number; readonly reason: string; readonly answers?: RequestId | undefined }
type Done = { readonly version: number }

export type Edits = {
  policy(by: Principal, table: string, policy: Policy, wanted: Wanted): Promise<Done>
  table(by: Principal, table: string, details: TableDetails, wanted: Wanted): Promise<Done>
  person(by: Principal, person: PersonId, standing: Standing, wanted: Wanted): Promise<Done>
  workspace(by: Principal, workspace: Workspace, wanted: Wanted): Promise<Done>
  route(by: Principal, alias: string, rules: RouteRules, wanted: Wanted): Promise<Done>
}

type Options = {
  readonly governance: Governance
  readonly identity: Identity
  readonly plane: DataPlane | null
  readonly routes: Routes // as the operator set them up
  readonly now: () => number
  readonly log: Log
  /** Judges what kernels hold, and the answers that models give them. */
  recheck(): Promise<void>
  readonly requests: Pick<Requests, 'judge' | 'met'>
}

export function makeEdits({ governance, identity, plane, routes, now, log, recheck, requests }: Options): Edits {
  const change = (by: Principal, { onto, reason }: Wanted): Change => ({ by: by.id, at: now(), onto, reason })
  const after = (what: string) => (error: unknown) => log.error({ err: error }, what) // the edit is made
  /** `about`: what it changes, and nothing else; null: anything. */
  const settle = async (by: Principal, about: readonly About[] | null, edit: () => Promise<Edited>): Promise<Done> => {
    const since = await governance.epoch()
    const { version } = made(await edit())
    const epoch = await governance.epoch()
    plane?.policy(epoch, about && epoch === since + 1 ? { since, about } : undefined) // with others' edits between, all is cut
    await recheck().catch(after('holdings not judged; the next beat does'))
    await requests.met(by.id).catch(after('requests not looked through; the next edit does'))
    return { version }
  }
  return {
    async policy(by, table, policy, wanted) {
      mustGovern(by)
      const { answers } = wanted
      if (answers !== undefined) await requests.judge(answers, table, policy)
      const asked = answers === undefined ? change(by, wanted) : { ...change(by, wanted), answers }
      return settle(by, [aboutTable(table)], () => governance.setPolicy(table, policy, asked))
    },
    async table(by, name, details, wanted) {
      mustGovern(by)
      const table = await governance.table(name)
      if (table === null) throw refuse('not-found')
      const changed = described(table, details)
      return settle(by, [aboutTable(name)], () => governance.changeTable(changed, change(by, wanted)))
    },
    async person(by, person, standing, wanted) {
      mustGovern(by)
      if ((identity.find(person)?.standing ?? 'none') === 'none') throw refuse('not-found')
      return settle(by, [aboutPerson(person)], () => governance.setSubject(person, standing, change(by, wanted)))
    },
    async workspace(by, workspace, wanted) {
      mustGovern(by)
      return settle(by, null, () => governance.setWorkspace(workspace, change(by, wanted)))
    },
    async route(by, alias, rules, wanted) {
      mustGovern(by)
      if (!routes.has(alias)) throw refuse('not-found')
      if (!offered(routes).includes(rules.model)) throw refuse('no-such-model')
      return settle(by, [], () => governance.setRoute(alias, rules, change(by, wanted))) // of tables and people it says nothing
    },
  }
}

/** Who may not is told nothing of what there is. */
export function mustGovern(who: Principal): void {
  if (!MAY[who.standing].govern) throw refuse('not-found')
}

/** Names and types are the engine's: nobody says them. */
function described(table: Table, { columns, ...said }: TableDetails): Table {
  const known = new Set(table.columns.map(({ name }) => name))
  if (Object.keys(columns).some((name) => !known.has(name))) throw refuse('stale-edit')
  const column = (one: Column): Column => (Object.hasOwn(columns, one.name) ? { ...one, ...columns[one.name] } : one)
  return { ...table, ...said, columns: table.columns.map(column) }
}

const REFUSED = { absent: 'not-found', stale: 'stale-edit', answered: 'request-ended' } as const

function made(edited: Edited): Done {
  if (edited.ok) return edited
  if (edited.why === 'faults') throw refuse('policy-faults', { faults: edited.faults.join('; ') })
  throw refuse(REFUSED[edited.why])
}
