// The one way by which a policy changes, and what is said of a table, a person, a model or the workspace: the right to it, the version it was
// made from, the reason, and then at once what it takes away: streams and answers are cut, kernels that hold what they no longer may end.
import type { PersonId, RequestId } from '#protocol/ids.ts'
import type { TableDetails } from '#protocol/managed.ts'
import type { DeployedModel } from '#protocol/policy/deployed.ts'
import type { Standing } from '#protocol/policy/edit.ts'
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Audience, Column, Policy, Table } from '#protocol/policy/policy.ts'
import type { RouteRules } from '#protocol/policy/route.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import { MAY } from '#protocol/standings.ts'
import { type ErrorCode, refuse } from '../errors.ts'
import type { Deploying, Said } from '../inference/deploying.ts'
import type { Routes } from '../llm/routes.ts'
import { offered } from '../llm/terms.ts'
import type { Log } from '../log.ts'
import { mayRule } from '../policy/naming.ts'
import { mayDeclassify, mayRelabel, type Unrelabelled } from '../policy/relabel.ts'
import { mayRelease, released } from '../policy/release.ts'
import type { Subject } from '../policy/subject.ts'
import { type About, aboutPerson, aboutTable, type DataPlane } from '../seams/dataPlane.ts'
import type { Change, Edited, Governance, Versioned } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { Requests } from './requests.ts'
import type { Ruling } from './ruling.ts'
import { look, type Sight } from './sight.ts'

/** `answers`: the open request that is granted with it. */
type Wanted = { readonly onto: number; readonly reason: string; readonly answers?: RequestId | undefined }
type Done = { readonly version: number }

export type Edits = {
  policy(by: Principal, table: string, policy: Policy, wanted: Wanted): Promise<Done>
  table(by: Principal, table: string, details: TableDetails, wanted: Wanted): Promise<Done>
  person(by: Principal, person: PersonId, standing: Standing, wanted: Wanted): Promise<Done>
  workspace(by: Principal, workspace: Workspace, wanted: Wanted): Promise<Done>
  route(by: Principal, alias: string, rules: RouteRules, wanted: Wanted): Promise<Done>
  /** A model of an uploaded file; once more: under other rules, or another file. */
  deploy(by: Principal, said: Said, wanted: Wanted): Promise<Done>
  undeploy(by: Principal, name: string, wanted: Wanted): Promise<Done>
  /** A table that one made, to these and nobody else; a version of its policy. */
  release(by: Principal, table: string, to: readonly Audience[], wanted: Wanted): Promise<Done>
  /** What a table counts with; a version of the table. */
  relabel(by: Principal, table: string, label: Label, wanted: Wanted): Promise<Done>
}

type Options = {
  readonly ruling: Ruling
  readonly governance: Governance
  readonly identity: Identity
  readonly plane: DataPlane | null
  readonly routes: Routes // as the operator set them up
  readonly deploying: Pick<Deploying, 'judge'>
  readonly log: Log
  /** Judges what kernels hold, and the answers that models give them. */
  recheck(): Promise<void>
  readonly requests: Pick<Requests, 'judge' | 'met'>
}

export function makeEdits(given: Options): Edits {
  const { governance, plane, log, recheck, requests } = given
  const after = (what: string) => (error: unknown) => log.error({ err: error }, what) // the edit is made
  const settle: Settle = async (by, about, edit) => {
    const since = await governance.epoch()
    const { version } = made(await edit())
    const epoch = await governance.epoch()
    plane?.policy(epoch, about && epoch === since + 1 ? { since, about } : undefined) // with others' edits between, all is cut
    await recheck().catch(after('holdings not judged; the next beat does'))
    await requests.met(by.id).catch(after('requests not looked through; the next edit does'))
    return { version }
  }
  return { ...rules(given, settle), ...acts(given, settle) }
}

/** `about`: what it changes, and nothing else; null: anything. */
type Settle = (by: Principal, about: readonly About[] | null, edit: () => Promise<Edited>) => Promise<Done>

const changeOf = ({ id }: Principal, { onto, reason }: Wanted, at: number): Change => ({ by: id, at, onto, reason })

/** What the workspace's owner decides. */
function rules(given: Options, settle: Settle): Omit<Edits, keyof ReturnType<typeof acts>> {
  const { ruling, governance, identity, routes, requests, deploying } = given
  const change = (by: Principal, wanted: Wanted) => changeOf(by, wanted, ruling.now())
  return {
    async policy(by, table, policy, wanted) {
      await governed(ruling, by, table)
      const { answers } = wanted
      if (answers !== undefined) await requests.judge(answers, table, policy)
      const asked = answers === undefined ? change(by, wanted) : { ...change(by, wanted), answers }
      return settle(by, [aboutTable(table)], () => governance.setPolicy(table, policy, asked))
    },
    async table(by, name, details, wanted) {
      await governed(ruling, by, name)
      const { value, version } = await newest(governance, name)
      const table = described(value, details)
      madeFrom(version, wanted)
      await mustRelabel(ruling, by, value, table)
      return settle(by, [aboutTable(name)], () => governance.changeTable(table, change(by, wanted)))
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
    async deploy(by, said, wanted) {
      mustGovern(by)
      const model = await deploying.judge(said)
      await mustNotLower(given, by, model)
      return settle(by, [], () => governance.setDeployed(said.name, model, change(by, wanted)))
    },
    async undeploy(by, name, wanted) {
      mustGovern(by)
      return settle(by, [], () => governance.setDeployed(name, null, change(by, wanted)))
    },
  }
}

/** What who made a table, or has a grant to declassify, does. */
function acts({ ruling, governance }: Options, settle: Settle): Pick<Edits, 'release' | 'relabel'> {
  return {
    async release(by, name, to, wanted) {
      const who = await ruling.subject(by.id)
      const { table, policy, version } = await readable(ruling, who, name)
      if (!mayRelease(table, who)) throw refuse('not-your-table')
      madeFrom(version, wanted)
      const change = changeOf(by, wanted, ruling.now())
      return settle(by, [aboutTable(name)], () => governance.setPolicy(name, released(policy, to), change, to))
    },
    async relabel(by, name, label, wanted) {
      await readable(ruling, await ruling.subject(by.id), name)
      const { value, version } = await newest(governance, name)
      const table = { ...value, label }
      await mustRelabel(ruling, by, value, table)
      madeFrom(version, wanted)
      return settle(by, [aboutTable(name)], () => governance.changeTable(table, changeOf(by, wanted, ruling.now())))
    },
  }
}

/** Who may not is told nothing of what there is. */
export function mustGovern(who: Principal): void {
  if (!MAY[who.standing].govern) throw refuse('not-found')
}

/** A table that they rule. One that a kernel named above what they are cleared for is not there for them, until they are. */
export async function governed(ruling: Ruling, who: Principal, name: string): Promise<Table> {
  mustGovern(who)
  const table = await ruling.table(name)
  if (table === null || !mayRule(table, (await ruling.subject(who.id)).clearance)) throw refuse('not-found')
  return table
}

/** What is changed is judged as it was when the change was made from it: the store sees to it that none comes between. */
function madeFrom(version: number, { onto }: Wanted): void {
  if (version !== onto) throw refuse('stale-edit')
}

async function newest(governance: Governance, name: string): Promise<Versioned<Table>> {
  const [table] = await governance.tableHistory(name)
  if (!table) throw refuse('not-found')
  return table
}

/** One that they read; what they only know of is somebody else's. */
export async function readable(ruling: Ruling, who: Subject, name: string): Promise<Sight> {
  const looked = await look(ruling, name, who)
  if (looked.ok) return looked.sight
  throw refuse(looked.why === 'absent' ? 'not-found' : 'not-your-table')
}

const REFUSED: Record<Unrelabelled, ErrorCode & `${'label' | 'not'}-${string}`> = {
  clearance: 'label-above',
  floor: 'label-below',
  owner: 'not-your-table',
  declassify: 'not-declassifier',
  unseen: 'label-unseen',
}

async function mustRelabel(ruling: Ruling, { id, standing }: Principal, before: Table, after: Table): Promise<void> {
  const who = await ruling.subject(id)
  const looked = await look(ruling, before.name, who)
  const { workspace } = await ruling.workspace()
  const view = looked.ok ? looked.sight.view : null
  const answer = mayRelabel(before, after, { who, workspace, now: ruling.now(), view, governs: MAY[standing].govern })
  if (answer !== 'yes') throw refuse(REFUSED[answer])
}

/** A file falls below what it was last said to count as, under whatever name, only by a grant to declassify. */
async function mustNotLower({ ruling, governance }: Options, { id }: Principal, { file, rules }: DeployedModel): Promise<void> {
  const before = await governance.fileLabel(file.digest)
  if (before === null || dominates(rules.label, before)) return
  const { workspace } = await ruling.workspace()
  if (!mayDeclassify(workspace, await ruling.subject(id), ruling.now())) throw refuse('not-declassifier')
}

/** Names and types are the engine's: nobody says them. */
function described(table: Table, { columns, ...said }: TableDetails): Table {
  const known = new Set(table.columns.map(({ name }) => name))
  if (Object.keys(columns).some((name) => !known.has(name))) throw refuse('stale-edit')
  const column = (one: Column): Column => (Object.hasOwn(columns, one.name) ? { ...one, ...columns[one.name] } : one)
  return { ...table, ...said, columns: table.columns.map(column) }
}

const UNMADE = { absent: 'not-found', stale: 'stale-edit', answered: 'request-ended' } as const

function made(edited: Edited): Done {
  if (edited.ok) return edited
  if (edited.why === 'faults') throw refuse('policy-faults', { faults: edited.faults.join('; ') })
  throw refuse(UNMADE[edited.why])
}
