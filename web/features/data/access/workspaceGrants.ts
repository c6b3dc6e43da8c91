// Grants of the workspace, edited and in words: pure.
import type { PersonCard } from '#protocol/managed.ts'
import type { Workspace, WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { audienceText, untilText, WORKSPACE_RIGHT } from '../words.ts'

export function workspaceGrantText({ to, right, expires }: WorkspaceGrant, people: readonly PersonCard[]): string {
  const nameOf = (id: string) => people.find(({ person }) => person.id === id)?.person.name ?? 'somebody who has left'
  const whom = audienceText(to, nameOf)
  return `${whom.charAt(0).toUpperCase()}${whom.slice(1)} may ${WORKSPACE_RIGHT[right]}${untilText(expires)}`
}

/** Under an id that no grant has yet, for one person, as few as there can be. */
export function newWorkspaceGrant({ grants }: Workspace, person: string): WorkspaceGrant {
  const taken = new Set(grants.map(({ id }) => id))
  let number = 1
  while (taken.has(`grant-${number}`)) number += 1
  return { id: `grant-${number}`, to: { who: 'person', person }, right: 'managed-table:write', expires: null }
}
