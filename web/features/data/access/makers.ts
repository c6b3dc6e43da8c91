// Who may make tables, edited and in words: pure.
import type { PersonCard } from '#protocol/managed.ts'
import type { Workspace, WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { audienceText } from '../words.ts'

export function makerText({ to, expires }: WorkspaceGrant, people: readonly PersonCard[]): string {
  const nameOf = (id: string) => people.find(({ person }) => person.id === id)?.person.name ?? 'Somebody who has left'
  const whom = audienceText(to, nameOf)
  const until = expires === null ? '' : `, until ${new Date(expires - 1).toISOString().slice(0, 10)}`
  return `${whom.charAt(0).toUpperCase()}${whom.slice(1)} may make tables of their own${until}`
}

/** Under an id that no grant has yet. */
export function newMaker({ grants }: Workspace): WorkspaceGrant {
  const taken = new Set(grants.map(({ id }) => id))
  let number = 1
  while (taken.has(`makes-${number}`)) number += 1
  return { id: `makes-${number}`, to: { who: 'workspace' }, right: 'managed-table:write', expires: null }
}
