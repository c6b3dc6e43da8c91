import { expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import type { WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { makerText, newMaker } from './makers.ts'

const standing = { clearance: LOWEST, groups: [], attributes: {} }
const ANNA = { person: { id: 'p_00000001', name: 'Anna' }, role: 'member', standing, version: 0, changed: null } as const
const grant = (over: Partial<WorkspaceGrant>): WorkspaceGrant => ({
  id: 'makes-1',
  to: { who: 'workspace' },
  right: 'managed-table:write',
  expires: null,
  ...over,
})

test('who may make tables, and until the end of which day', () => {
  const midnight = Date.UTC(2026, 2, 1)
  expect(makerText(grant({}), [])).toBe('Everybody in the workspace may make tables of their own')
  expect(makerText(grant({ to: { who: 'person', person: 'p_00000001' }, expires: midnight }), [ANNA])).toBe(
    'Anna may make tables of their own, until 2026-02-28',
  )
  expect(makerText(grant({ to: { who: 'person', person: 'p_00000009' } }), [ANNA])).toMatch(/^Somebody who has left may/)
  expect(makerText(grant({ to: { who: 'group', group: 'legal' } }), [])).toMatch(/^The group legal may/)
})

test('a new grant has an id of its own', () => {
  const grants = ['makes-1', 'makes-3'].map((id) => grant({ id }))
  expect(newMaker({ label: LOWEST, grants }).id).toBe('makes-2')
})
