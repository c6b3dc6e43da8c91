// How releases and classifications of tables stand on record, in every store.
import { beforeEach, describe, expect, test } from 'vitest'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Audience, Policy, Table } from '#protocol/policy/policy.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import type { Store } from './store.ts'

const MAKER = 'p_00000001'
const NAME = '00000001.copy'
const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const edit = { by: MAKER, at: 2000, reason: 'as asked' }
const table: Table = {
  name: NAME,
  owner: MAKER,
  description: '',
  hidden: true,
  label: INTERNAL,
  columns: [
    { name: 'a', type: 'text', label: LOWEST, description: '' },
    { name: 'b', type: 'text', label: LOWEST, description: '' },
  ],
}

export function sharingContract(open: OpenStore): void {
  describe('releases and classifications at rest', () => {
    let store: Store
    freshEach(open, (fresh) => {
      store = fresh
    })
    const newest = async () => (await store.audit.list({ limit: 1 }))[0]?.entry
    beforeEach(async () => {
      await store.governance.addTable(table, 1000)
    })

    test('a release is a version of the policy, and a row that says to whom', async () => {
      const to: readonly Audience[] = [{ who: 'group', group: 'legal' }]
      const policy: Policy = { grants: [], rows: [], masks: [] }
      expect(await store.governance.setPolicy(NAME, policy, { ...edit, onto: 0 }, to)).toEqual({ ok: true, version: 1 })
      expect(await newest()).toEqual({
        kind: 'table-released',
        table: NAME,
        person: MAKER,
        version: 1,
        reason: 'as asked',
        to,
      })
    })

    test('a change of labels is a row that says which, before and after; any other change says nothing of them', async () => {
      const [a, b] = table.columns
      if (!a || !b) throw new Error('two columns')
      const changed = { ...table, label: PERSONAL, columns: [a, { ...b, label: INTERNAL }] }
      expect(await store.governance.changeTable(changed, edit)).toEqual({ ok: true, version: 2 })
      const labels = [
        { column: null, before: INTERNAL, label: PERSONAL },
        { column: 'b', before: LOWEST, label: INTERNAL },
      ]
      const by = { table: NAME, person: MAKER, reason: 'as asked' }
      expect(await newest()).toEqual({ kind: 'table-relabelled', version: 2, ...by, labels })
      await store.governance.changeTable({ ...changed, hidden: false }, edit)
      expect(await newest()).toEqual({ kind: 'table-changed', version: 3, ...by })
    })
  })
}
