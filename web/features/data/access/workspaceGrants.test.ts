import { expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import type { WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { newWorkspaceGrant, workspaceGrantText } from './workspaceGrants.ts'

const standing = { clearance: LOWEST, groups: [], attributes: {} }
const ANNA = { person: { id: 'p_00000001', name: 'Anna' }, role: 'member', standing, version: 0, changed: null } as const
const grant = (over: Partial<WorkspaceGrant>): WorkspaceGrant => ({
  id: 'grant-1',
  to: { who: 'workspace' },
  right: 'managed-table:write',
  expires: null,
  ...over,
})

test('who may do what, and until the end of which day', () => {
  const midnight = Date.UTC(2026, 2, 1)
  expect(workspaceGrantText(grant({}), [])).toBe('Everybody in the workspace may make tables of their own')
  expect(workspaceGrantText(grant({ to: { who: 'person', person: 'p_00000001' }, expires: midnight }), [ANNA])).toBe(
    'Anna may make tables of their own, until 2026-02-28',
  )
  expect(workspaceGrantText(grant({ to: { who: 'person', person: 'p_00000009' } }), [ANNA])).toMatch(/^Somebody who has left may/)
  expect(workspaceGrantText(grant({ to: { who: 'group', group: 'legal' }, right: 'declassify' }), [])).toBe(
    'The group legal may declassify',
  )
})

test('a new grant has an id of its own', () => {
  const grants = ['grant-1', 'grant-3'].map((id) => grant({ id }))
  expect(newWorkspaceGrant({ label: LOWEST, grants }, 'p_00000001')).toEqual({
    ...grant({ id: 'grant-2' }),
    to: { who: 'person', person: 'p_00000001' },
  })
})
