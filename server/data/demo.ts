// The demo workspace's tables: who may read them, and what of them. Planted once, for the tables the data plane came with.

import type { Standing } from '#protocol/policy/edit.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Column, Policy, Table } from '#protocol/policy/policy.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'

const OWNER = 'p_demo-owner'
const ANALYST = 'p_demo-analyst'
const COLLEAGUE = 'p_demo-colleague'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const AUTHORITIES = 'compliance_authorities'
const CONTACT: ReadonlySet<string> = new Set(['address', 'phone', 'email'])

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  airlines: 'Names of the carriers in flights, by their code.',
  airports: 'Airports of the United States: names, places, time zones.',
  flights: 'All 336,776 flights that left New York City in 2013, with delays in minutes.',
  planes: 'The planes in flights, by tail number.',
  weather: 'Hourly weather at the three airports of New York City in 2013.',
  [AUTHORITIES]: 'Data protection authorities of Europe, with how to reach them.',
}

/** People: the analyst is cleared for personal data; the colleague is not, and works on the German-speaking countries. */
export const PEOPLE: Readonly<Record<string, Standing>> = {
  [OWNER]: { clearance: PERSONAL, groups: [], attributes: {} },
  [ANALYST]: { clearance: PERSONAL, groups: [], attributes: {} },
  [COLLEAGUE]: { clearance: INTERNAL, groups: [], attributes: { countries: ['AT', 'CH', 'DE', 'LI'] } },
}

const maker = (id: string, person: string) =>
  ({ id, to: { who: 'person', person }, right: 'managed-table:write', expires: null }) as const
/** Who may make tables of their own, and who may lower what is classified. */
export const WORKSPACE: Workspace = {
  label: INTERNAL,
  grants: [
    maker('owner-makes', OWNER),
    maker('analyst-makes', ANALYST),
    { id: 'owner-declassifies', to: { who: 'person', person: OWNER }, right: 'declassify', expires: null },
  ],
}

const ALL: Policy = {
  grants: [{ id: 'members-read', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [],
  masks: [],
}

const below = { all: 'below', label: PERSONAL } as const
const mask = (column: string, kind: 'null' | 'redact' | 'last4'): Policy['masks'][number] => ({
  id: `mask-${column}`,
  bound: below,
  column,
  mask: { kind },
  label: INTERNAL,
})

const POLICIES: Readonly<Record<string, Policy>> = {
  [AUTHORITIES]: {
    grants: [
      ...ALL.grants,
      { id: 'analyst-writes', to: { who: 'person', person: ANALYST }, right: 'managed-table:write', rows: null, expires: null },
    ],
    rows: [
      { id: 'own-countries', bound: below, keep: { op: 'in', term: { column: 'country' }, among: { attribute: 'countries' } } },
    ],
    masks: [mask('address', 'null'), mask('phone', 'last4'), mask('email', 'redact')],
  },
}

export const policyOf = (table: string): Policy => POLICIES[table] ?? ALL

/** Null: not one of the demo's. */
export function tableOf(name: string, columns: readonly (readonly [string, ColumnType])[]): Table | null {
  const description = DESCRIPTIONS[name]
  if (description === undefined) return null
  const column = ([column, type]: readonly [string, ColumnType]): Column => ({
    name: column,
    type,
    label: name === AUTHORITIES && CONTACT.has(column) ? PERSONAL : INTERNAL,
    description: '',
  })
  return { name, owner: OWNER, description, hidden: false, label: INTERNAL, columns: columns.map(column) }
}
