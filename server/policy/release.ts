// A release of a table that somebody made: grants to read, among the rules that the workspace's owner makes, and no others of them.
import type { Audience, Grant, Policy, Table } from '#protocol/policy/policy.ts'
import type { Subject } from './subject.ts'
import { ownName } from './write.ts'

const ID = /^release-\d+$/

export const releasedTo = ({ grants }: Policy): readonly Audience[] => grants.filter(({ id }) => ID.test(id)).map(({ to }) => to)

/** To these and nobody else. */
export function released(policy: Policy, to: readonly Audience[]): Policy {
  const grants = distinct(to).map(
    (one, at): Grant => ({ id: `release-${at + 1}`, to: one, right: 'managed-table:read', rows: null, expires: null }),
  )
  return { ...policy, grants: [...policy.grants.filter(({ id }) => !ID.test(id)), ...grants] }
}

const distinct = (to: readonly Audience[]): readonly Audience[] => [
  ...new Map(to.map((one) => [JSON.stringify(one), one])).values(),
]

/** Was it made by its owner, in their own namespace? */
export const isMade = ({ name, owner }: Table): boolean => name === ownName(owner, name)

/** Its maker. The rules of all other tables are the workspace owner's. */
export const mayRelease = (table: Table, who: Subject): boolean => isMade(table) && table.owner === who.person
