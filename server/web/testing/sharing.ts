// Who there is where something that somebody made is shared, for tests of who may do what with it.
import type { Label } from '#protocol/policy/label.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import { type Client, signIn, type TestGateway } from '../../testing.ts'

export const INTERNAL: Label = { level: 'internal', markings: [] }
export const CONFIDENTIAL: Label = { level: 'confidential', markings: [] }
export const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }

/** `owner`: of the workspace. `declassifier`, `reader`: cleared members; `below`: one who is not. */
const ACCOUNTS = {
  maker: 'demo-analyst',
  owner: 'demo-owner',
  declassifier: 'bench-0001',
  reader: 'bench-0002',
  below: 'demo-colleague',
  auditor: 'demo-auditor',
  outsider: 'demo-outsider',
} as const
export type Role = keyof typeof ACCOUNTS
export const ROLES = Object.keys(ACCOUNTS) as Role[]
export const CLEARED: readonly Role[] = ['maker', 'owner', 'declassifier', 'reader']
export const person = (role: Role) => `p_${ACCOUNTS[role]}`

export const declassify = {
  id: 'lowers',
  to: { who: 'person', person: person('declassifier') },
  right: 'declassify',
  expires: null,
} as const
export const WORKSPACE: Workspace = { label: INTERNAL, grants: [declassify] }

export async function everybody(gateway: TestGateway): Promise<Record<Role, Client>> {
  const signed = await Promise.all(ROLES.map(async (role) => [role, await signIn(gateway, ACCOUNTS[role])] as const))
  return Object.fromEntries(signed) as Record<Role, Client>
}
