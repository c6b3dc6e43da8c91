// A policy looked at as anybody of a clearance, against the people whom it stands for.
import { expect, test } from 'vitest'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import { decide } from './decide.ts'
import { profiled } from './profile.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const TABLE: Table = {
  name: 'contacts',
  owner: 'p_00000009',
  description: '',
  hidden: false,
  label: INTERNAL,
  columns: [
    { name: 'country', type: 'text', label: INTERNAL, description: '' },
    { name: 'email', type: 'text', label: PERSONAL, description: '' },
  ],
}
const read = { right: 'managed-table:read', rows: null, expires: null } as const
const POLICY: Policy = {
  grants: [
    { id: 'work', to: { who: 'group', group: 'work' }, ...read },
    { id: 'anna', to: { who: 'person', person: 'p_00000001' }, ...read },
  ],
  rows: [
    {
      id: 'own',
      bound: { all: 'below', label: PERSONAL },
      keep: { op: 'not', of: { op: 'eq', left: { attribute: 'country' }, right: { column: 'country' } } },
    },
  ],
  masks: [{ id: 'hide', bound: { all: 'below', label: PERSONAL }, column: 'email', mask: { kind: 'redact' }, label: INTERNAL }],
}
const seen = (clearance: Label, groups: readonly string[]) => decide(TABLE, POLICY, profiled(POLICY, { clearance, groups }), 1)
const columnsAt = (clearance: Label) => {
  const decision = seen(clearance, ['work'])
  if (!decision.ok) return decision.why
  return { filtered: decision.view.filtered, masks: decision.view.columns.map(({ mask }) => mask?.kind ?? null) }
}

test('columns, masks and whether rows are left out are those of whoever has the clearance', () => {
  expect(columnsAt(PERSONAL)).toEqual({ filtered: false, masks: [null, null] })
  expect(columnsAt(INTERNAL)).toEqual({ filtered: true, masks: [null, 'redact'] })
  expect(columnsAt({ level: 'secret', markings: [] })).toEqual({ filtered: true, masks: [null, 'redact'] }) // without the marking
  expect(columnsAt(LOWEST)).toBe('clearance')
})

test('a grant to a person is no profile’s, a group’s is', () => {
  expect(seen(PERSONAL, [])).toEqual({ ok: false, why: 'ungranted' })
  expect(seen(PERSONAL, ['other'])).toEqual({ ok: false, why: 'ungranted' })
})
