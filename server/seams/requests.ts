// What people ask of the owner for a table that is closed to them, at rest. Each step of a request writes its row of the audit in the same
// transaction; what is written beside it stands here only.
import type { NotebookId, PersonId, RequestId } from '#protocol/ids.ts'

/** `words`: of who refused it, or none. */
export type Ending = {
  readonly state: 'withdrawn' | 'refused' | 'granted'
  readonly by: PersonId
  readonly at: number
  readonly words: string
}
/** `policy`: the version that closed the table when it was asked. `end` null: it is open. */
export type AccessRequest = {
  readonly id: RequestId
  readonly person: PersonId
  readonly notebook: NotebookId
  readonly table: string
  readonly policy: number
  readonly words: string
  readonly at: number
  readonly end: Ending | null
}
export type NewRequest = Omit<AccessRequest, 'end'>
/** Of one person: how many may be open, and how many may be made from `since` on. */
export type Bounds = { readonly open: number; readonly since: number; readonly made: number }

export interface Requests {
  /**
   * One person has one open request about a table: one of before another policy is withdrawn by the new one. `known`: there is one
   * of this policy that is open, or was refused.
   */
  ask(request: NewRequest, bounds: Bounds): Promise<'asked' | 'known' | 'too-many'>
  get(id: RequestId): Promise<AccessRequest | null>
  /** The last that this person made about a table and did not withdraw. */
  last(person: PersonId, table: string): Promise<AccessRequest | null>
  /** The oldest first. */
  open(): Promise<readonly AccessRequest[]>
  /** False: it is not open. A grant that a policy makes is `Governance.setPolicy`'s. */
  end(id: RequestId, ending: Ending): Promise<boolean>
}
