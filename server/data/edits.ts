// The one way by which a policy, what is said of a table, of a person or of the workspace changes: the right to it, the version it was
// made from, the reason, and then at once what it takes away: running streams are cut, kernels that hold what they no longer may are ended.
import type { PersonId } from '#protocol/ids.ts'
import type { TableDetails } from '#protocol/managed.ts'
import type { Standing } from '#protocol/policy/edit.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Audience, Column, Policy, Table } from '#protocol/policy/policy.ts'
import type { WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { MAY } from '#protocol/standings.ts'
import { type ErrorCode, refuse } from '../errors.ts'
import type { Log } from '../log.ts'
import { mayRelabel, type Unrelabelled } from '../policy/relabel.ts'
import { mayRelease, released } from '../policy/release.ts'
import type { Subject } from '../policy/subject.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Change, Edited, Governance, Versioned } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { Ruling } from './ruling.ts'
import { look, type Sight } from './sight.ts'

type Wanted = { readonly onto: number; readonly reason: string }
type Done = { readonly version: number }

export type Edits = {
  policy(by: Principal, table: string, policy: Policy, wanted: Wanted): Promise<Done>
  table(by: Principal, table: string, details: TableDetails, wanted: Wanted): Promise<Done>
  person(by: Principal, person: PersonId, standing: Standing, wanted: Wanted): Promise<Done>
  workspace(by: Principal, grants: readonly WorkspaceGrant[], wanted: Wanted): Promise<Done>
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
  readonly log: Log
  /** Judges what kernels hold. */
  recheck(): Promise<void>
}

export function makeEdits(given: Options): Edits {
  const { governance, plane, log, recheck } = given
  const settle = async (edited: Edited): Promise<Done> => {
    const { version } = made(edited)
    plane?.policy(await governance.epoch())
    await recheck().catch((error: unknown) => log.error({ err: error }, 'holdings not judged; the next beat does')) // it is made
    return { version }
  }
  return { ...rules(given, settle), ...acts(given, settle) }
}

type Settle = (edited: Edited) => Promise<Done>

const changeOf = ({ id }: Principal, { onto, reason }: Wanted, at: number): Change => ({ by: id, at, onto, reason })

/** What the workspace's owner decides. */
function rules({ ruling, governance, identity }: Options, settle: Settle): Omit<Edits, keyof ReturnType<typeof acts>> {
  const change = (by: Principal, wanted: Wanted) => changeOf(by, wanted, ruling.now())
  return {
    async policy(by, table, policy, wanted) {
      mustGovern(by)
      return settle(await governance.setPolicy(table, policy, change(by, wanted)))
    },
    async table(by, name, details, wanted) {
      mustGovern(by)
      const { value, version } = await newest(governance, name)
      const table = described(value, details)
      madeFrom(version, wanted)
      await mustRelabel(ruling, by, value, table)
      return settle(await governance.changeTable(table, change(by, wanted)))
    },
    async person(by, person, standing, wanted) {
      mustGovern(by)
      if ((identity.find(person)?.standing ?? 'none') === 'none') throw refuse('not-found')
      return settle(await governance.setSubject(person, standing, change(by, wanted)))
    },
    async workspace(by, grants, wanted) {
      mustGovern(by)
      const { workspace, version } = await governance.workspace()
      madeFrom(version, wanted)
      return settle(await governance.setWorkspace({ ...workspace, grants }, change(by, wanted)))
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
      return settle(await governance.setPolicy(name, released(policy, to), changeOf(by, wanted, ruling.now()), to))
    },
    async relabel(by, name, label, wanted) {
      await readable(ruling, await ruling.subject(by.id), name)
      const { value, version } = await newest(governance, name)
      const table = { ...value, label }
      await mustRelabel(ruling, by, value, table)
      madeFrom(version, wanted)
      return settle(await governance.changeTable(table, changeOf(by, wanted, ruling.now())))
    },
  }
}

/** Who may not is told nothing of what there is. */
export function mustGovern(who: Principal): void {
  if (!MAY[who.standing].govern) throw refuse('not-found')
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

/** Names and types are the engine's: nobody says them. */
function described(table: Table, { columns, ...said }: TableDetails): Table {
  const known = new Set(table.columns.map(({ name }) => name))
  if (Object.keys(columns).some((name) => !known.has(name))) throw refuse('stale-edit')
  const column = (one: Column): Column => (Object.hasOwn(columns, one.name) ? { ...one, ...columns[one.name] } : one)
  return { ...table, ...said, columns: table.columns.map(column) }
}

function made(edited: Edited): Done {
  if (edited.ok) return edited
  if (edited.why === 'faults') throw refuse('policy-faults', { faults: edited.faults.join('; ') })
  throw refuse(edited.why === 'stale' ? 'stale-edit' : 'not-found')
}
