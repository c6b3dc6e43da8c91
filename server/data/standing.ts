// Who somebody is to policies, and what leaves a kernel counts with: looked up where it is asked, kept nowhere.
import type { KernelId, PersonId } from '#protocol/ids.ts'
import { join, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Subject } from '../policy/subject.ts'
import type { Identity } from '../seams/identity.ts'
import type { Store } from '../seams/store.ts'

type From = { readonly identity: Identity; readonly store: Pick<Store, 'governance'> }

const NOBODY = { member: false, groups: [], attributes: {}, clearance: LOWEST } as const

export async function subjectOf({ identity, store }: From, person: PersonId): Promise<Subject> {
  const standing = identity.find(person)?.standing ?? 'none'
  const member = standing === 'owner' || standing === 'member' // an auditor reads the record, not the data
  return member ? { person, member, ...(await store.governance.subject(person)) } : { person, ...NOBODY }
}

export const workspaceLabel = async ({ store }: Pick<From, 'store'>): Promise<Label> =>
  (await store.governance.workspace()).workspace.label

/** Of whatever leaves the kernel: the join of the workspace and all that it has read. */
export const taintOf = async (from: Pick<From, 'store'>, kernel: KernelId): Promise<Label> =>
  join(await from.store.governance.label(kernel), await workspaceLabel(from))
