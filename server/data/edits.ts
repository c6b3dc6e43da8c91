// The one way by which a policy, what is said of a table or of a person changes: the right to it, the version it was made from, the reason, and
// then at once what it takes away: running streams are cut, kernels that hold what they no longer may are ended.
import type { PersonId } from '#protocol/ids.ts'
import type { TableDetails } from '#protocol/managed.ts'
import type { Standing } from '#protocol/policy/edit.ts'
import type { Column, Policy, Table } from '#protocol/policy/policy.ts'
import { MAY } from '#protocol/standings.ts'
import { refuse } from '../errors.ts'
import type { Log } from '../log.ts'
import { type About, aboutPerson, aboutTable, type DataPlane } from '../seams/dataPlane.ts'
import type { Change, Edited, Governance } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'

type Wanted = { readonly onto: number; readonly reason: string }
type Done = { readonly version: number }

export type Edits = {
  policy(by: Principal, table: string, policy: Policy, wanted: Wanted): Promise<Done>
  table(by: Principal, table: string, details: TableDetails, wanted: Wanted): Promise<Done>
  person(by: Principal, person: PersonId, standing: Standing, wanted: Wanted): Promise<Done>
}

type Options = {
  readonly governance: Governance
  readonly identity: Identity
  readonly plane: DataPlane | null
  readonly now: () => number
  readonly log: Log
  /** Judges what kernels hold. */
  recheck(): Promise<void>
}

export function makeEdits({ governance, identity, plane, now, log, recheck }: Options): Edits {
  const change = (by: Principal, { onto, reason }: Wanted): Change => ({ by: by.id, at: now(), onto, reason })
  const settle = async (about: About, edit: () => Promise<Edited>): Promise<Done> => {
    const since = await governance.epoch()
    const { version } = made(await edit())
    const epoch = await governance.epoch()
    plane?.policy(epoch, epoch === since + 1 ? { since, about: [about] } : undefined) // with others' edits between, all is cut
    await recheck().catch((error: unknown) => log.error({ err: error }, 'holdings not judged; the next beat does')) // it is made
    return { version }
  }
  return {
    async policy(by, table, policy, wanted) {
      mustGovern(by)
      return settle(aboutTable(table), () => governance.setPolicy(table, policy, change(by, wanted)))
    },
    async table(by, name, details, wanted) {
      mustGovern(by)
      const table = await governance.table(name)
      if (table === null) throw refuse('not-found')
      const changed = described(table, details)
      return settle(aboutTable(name), () => governance.changeTable(changed, change(by, wanted)))
    },
    async person(by, person, standing, wanted) {
      mustGovern(by)
      if ((identity.find(person)?.standing ?? 'none') === 'none') throw refuse('not-found')
      return settle(aboutPerson(person), () => governance.setSubject(person, standing, change(by, wanted)))
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

function made(edited: Edited): Done {
  if (edited.ok) return edited
  if (edited.why === 'faults') throw refuse('policy-faults', { faults: edited.faults.join('; ') })
  throw refuse(edited.why === 'stale' ? 'stale-edit' : 'not-found')
}
