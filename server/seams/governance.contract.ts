// What every store must do with tables, policies, people and labels. An implementation's test calls this with a way to open one.
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Standing } from '#protocol/policy/edit.ts'
import { join, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import type { RouteRules } from '#protocol/policy/route.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import * as arbitrary from '../policy/testing/arbitrary.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import { type Edit, HELD } from './governance.ts'
import type { Store } from './store.ts'

const EMPTY: Policy = { grants: [], rows: [], masks: [] }
const OWNER = 'p_00000001'
const PERSON = 'p_00000002'
const edit = (over: Partial<Edit> = {}): Edit => ({ by: OWNER, at: 2000, reason: 'as asked', ...over })

const table = (over: Partial<Table> = {}): Table => ({
  name: 'compliance_authorities',
  owner: OWNER,
  description: 'Who supervises whom',
  hidden: false,
  label: { level: 'internal', markings: [] },
  columns: [
    { name: 'country', type: 'text', label: LOWEST, description: '' },
    { name: 'e-mail', type: 'text', label: { level: 'confidential', markings: ['PII'] }, description: '' },
  ],
  ...over,
})
const masked = (column: string): Policy => ({
  grants: [{ id: 'all', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [
    {
      id: 'home',
      bound: { all: 'everybody' },
      keep: { op: 'in', term: { column: 'country' }, among: { attribute: 'country' } },
    },
  ],
  masks: [{ id: 'contact', bound: { all: 'everybody' }, column, mask: { kind: 'redact' }, label: LOWEST }],
})
/** As a page sends it; the generator's short id of a person becomes a real one. */
const sent = arbitrary.policy.map((policy): Policy => JSON.parse(JSON.stringify(policy).replaceAll('p_anybody', 'p_everybody')))
const standing: Standing = {
  clearance: { level: 'confidential', markings: ['PII'] },
  groups: ['legal'],
  attributes: { country: ['DE', 'FR'] },
}

export function governanceContract(open: OpenStore): void {
  describe('governance at rest', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })
    const written = async () => (await store.audit.list({ limit: 100 })).map(({ entry }) => entry)

    describe('tables', () => {
      test('what was added comes back by name, after reopening too, and nobody reads it yet', async () => {
        const odd = table({ name: 'a "b".c; é 😀', hidden: true })
        expect(await store.governance.addTable(table(), 1000)).toBe('added')
        expect(await store.governance.addTable(odd, 1000)).toBe('added')
        await again()
        expect(await store.governance.tables()).toEqual([odd, table()])
        expect(await store.governance.table(odd.name)).toEqual(odd)
        expect(await store.governance.table('other')).toBeNull()
        expect(await store.governance.policy(odd.name)).toEqual({ policy: EMPTY, version: 0 })
      })

      test('a name is given once', async () => {
        await store.governance.addTable(table(), 1000)
        expect(await store.governance.addTable(table({ owner: PERSON, description: 'Mine' }), 2000)).toBe('name-taken')
        const shouted = table({ name: table().name.toUpperCase() })
        expect(await store.governance.addTable(shouted, 2000)).toBe('name-taken')
        expect(await store.governance.tables()).toEqual([table()])
        expect(await written()).toHaveLength(1)
      })

      test('one that is added with its first policy has it at once, or is not there', async () => {
        expect(await store.governance.addTable(table(), 1000, masked('e-mail'))).toBe('added')
        expect(await store.governance.policy(table().name)).toEqual({ policy: masked('e-mail'), version: 1 })
        expect((await written()).map(({ kind }) => kind)).toEqual(['policy-changed', 'table-added'])
        await expect(store.governance.addTable(table({ name: 'other' }), 1000, masked('phone'))).rejects.toThrow()
        expect(await store.governance.table('other')).toBeNull()
        expect(await written()).toHaveLength(2)
      })

      test('a changed one takes the place of the old', async () => {
        await store.governance.addTable(table(), 1000)
        expect(await store.governance.changeTable(table({ hidden: true }), edit())).toEqual({ ok: true, version: 2 })
        expect(await store.governance.tables()).toEqual([table({ hidden: true })])
        expect(await store.governance.changeTable(table({ name: 'other' }), edit())).toEqual({ ok: false, why: 'absent' })
        expect(await store.governance.table('other')).toBeNull()
      })

      test('a change on which its policy cannot stand is refused, unless both change', async () => {
        await store.governance.addTable(table(), 1000)
        await store.governance.setPolicy(table().name, masked('e-mail'), edit())
        const [country, contact] = table().columns
        if (!country || !contact) throw new Error('two columns')
        const renamed = table({ columns: [country, { ...contact, name: 'contact' }] })
        expect(await store.governance.changeTable(renamed, edit())).toEqual({
          ok: false,
          why: 'faults',
          faults: ['contact: there is no column “e-mail”'],
        })
        expect(await store.governance.table(renamed.name)).toEqual(table())
        expect(await store.governance.changeTable(renamed, edit(), masked('contact'))).toEqual({ ok: true, version: 2 })
        expect(await store.governance.table(renamed.name)).toEqual(renamed)
        expect(await store.governance.policy(renamed.name)).toEqual({ policy: masked('contact'), version: 2 })
      })
    })

    describe('policies', () => {
      beforeEach(async () => {
        await store.governance.addTable(table(), 1000)
      })

      test('each edit is a version, kept with who, when and why', async () => {
        const { name } = table()
        expect(await store.governance.setPolicy(name, masked('e-mail'), edit())).toEqual({ ok: true, version: 1 })
        const second = edit({ by: PERSON, at: 3000, reason: 'closed' })
        expect(await store.governance.setPolicy(name, EMPTY, second)).toEqual({ ok: true, version: 2 })
        await again()
        expect(await store.governance.policy(name)).toEqual({ policy: EMPTY, version: 2 })
        expect(await store.governance.policyHistory(name)).toEqual([
          { version: 2, value: EMPTY, ...second },
          { version: 1, value: masked('e-mail'), ...edit() },
        ])
        expect(await store.governance.policyHistory('other')).toEqual([])
      })

      test('one that cannot stand on its table is refused, with each reason', async () => {
        const faulty = masked('phone')
        expect(await store.governance.setPolicy(table().name, faulty, edit())).toEqual({
          ok: false,
          why: 'faults',
          faults: ['contact: there is no column “phone”'],
        })
        expect(await store.governance.setPolicy('other', EMPTY, edit())).toEqual({ ok: false, why: 'absent' })
        expect(await store.governance.policy(table().name)).toEqual({ policy: EMPTY, version: 0 })
        expect(await store.governance.policy('other')).toEqual({ policy: EMPTY, version: 0 })
      })

      test('any policy comes back as it was set', async () => {
        const columns = arbitrary.COLUMNS.map((column) => ({ ...column, label: LOWEST, description: '' }))
        await store.governance.addTable(table({ name: 't', columns }), 1000)
        await fc.assert(
          fc.asyncProperty(sent, async (policy) => {
            expect(await store.governance.setPolicy('t', policy, edit())).toMatchObject({ ok: true })
            expect((await store.governance.policy('t')).policy).toEqual(policy)
          }),
          { numRuns: 50 },
        )
      })
    })

    test('an edit made from another version than the newest is refused, and writes nothing', async () => {
      await store.governance.addTable(table(), 1000)
      const { name } = table()
      const put = (onto: number) => store.governance.setPolicy(name, masked('e-mail'), { ...edit(), onto })
      const say = (onto: number) => store.governance.setSubject(PERSON, standing, { ...edit(), onto })
      const hide = (onto: number) => store.governance.changeTable(table({ hidden: true }), { ...edit(), onto })
      expect(await hide(0)).toEqual({ ok: false, why: 'stale' })
      expect(await hide(1)).toEqual({ ok: true, version: 2 })
      expect((await store.governance.tableHistory(name)).map(({ version }) => version)).toEqual([2, 1])
      const workspace: Workspace = { label: LOWEST, grants: [] }
      const set = (onto: number) => store.governance.setWorkspace(workspace, { ...edit(), onto })
      const open: RouteRules = { model: 'small', label: LOWEST, open: 'editors', perDay: null }
      const ask = (onto: number) => store.governance.setRoute('default', open, { ...edit(), onto })
      for (const change of [put, say, set, ask]) {
        expect(await change(1)).toEqual({ ok: false, why: 'stale' })
        expect(await change(0)).toEqual({ ok: true, version: 1 })
        expect(await change(0)).toEqual({ ok: false, why: 'stale' })
        expect(await change(1)).toEqual({ ok: true, version: 2 })
      }
      expect(await store.governance.policyHistory(name)).toHaveLength(2)
      expect(await store.governance.subjectHistory(PERSON)).toHaveLength(2)
      expect(await store.governance.workspaceHistory()).toHaveLength(2)
      expect(await written()).toHaveLength(10)
    })

    test('of an unknown person the least is said; what an owner says of one is versioned', async () => {
      expect(await store.governance.subject(PERSON)).toEqual({ clearance: LOWEST, groups: [], attributes: {} })
      expect(await store.governance.setSubject(PERSON, standing, edit())).toEqual({ ok: true, version: 1 })
      const lower = { ...standing, clearance: LOWEST }
      expect(await store.governance.setSubject(PERSON, lower, edit({ at: 3000, reason: 'left the team' }))).toEqual({
        ok: true,
        version: 2,
      })
      await again()
      expect(await store.governance.subject(PERSON)).toEqual(lower)
      expect(await store.governance.subject(OWNER)).toEqual({ clearance: LOWEST, groups: [], attributes: {} })
      expect(await store.governance.subjectHistory(PERSON)).toEqual([
        { version: 2, value: lower, ...edit({ at: 3000, reason: 'left the team' }) },
        { version: 1, value: standing, ...edit() },
      ])
    })

    test('every edit writes its row of the audit, a refused one none', async () => {
      const { name } = table()
      await store.governance.addTable(table(), 1000)
      await store.governance.setPolicy(name, masked('e-mail'), edit())
      await store.governance.setPolicy(name, masked('phone'), edit())
      await store.governance.changeTable(table({ hidden: true }), edit(), EMPTY)
      await store.governance.setSubject(PERSON, standing, edit({ reason: 'joined' }))
      const by = { person: OWNER, reason: 'as asked' }
      expect(await written()).toEqual([
        { kind: 'subject-changed', of: PERSON, version: 1, person: OWNER, reason: 'joined' },
        { kind: 'policy-changed', table: name, version: 2, ...by },
        { kind: 'table-changed', table: name, version: 2, ...by },
        { kind: 'policy-changed', table: name, version: 1, ...by },
        { kind: 'table-added', table: name, person: OWNER },
      ])
    })

    test('an edit whose audit row cannot be written is not made', async () => {
      await store.governance.addTable(table(), 1000)
      const before = await store.governance.epoch()
      const silent = edit({ reason: '' })
      await expect(store.governance.setPolicy(table().name, masked('e-mail'), silent)).rejects.toThrow()
      await expect(store.governance.changeTable(table({ hidden: true }), silent)).rejects.toThrow()
      await expect(store.governance.setSubject(PERSON, standing, silent)).rejects.toThrow()
      expect(await store.governance.policy(table().name)).toEqual({ policy: EMPTY, version: 0 })
      expect(await store.governance.tables()).toEqual([table()])
      expect(await store.governance.subjectHistory(PERSON)).toEqual([])
      expect(await store.governance.epoch()).toBe(before)
    })

    test('every change raises the epoch, and nothing else does', async () => {
      const { governance } = store
      const { name } = table()
      const rises = async (change: () => Promise<unknown>) => {
        const before = await governance.epoch()
        await change()
        return (await governance.epoch()) > before
      }
      expect(await rises(() => governance.addTable(table(), 1000))).toBe(true)
      expect(await rises(() => governance.changeTable(table({ hidden: true }), edit()))).toBe(true)
      expect(await rises(() => governance.setPolicy(name, masked('e-mail'), edit()))).toBe(true)
      expect(await rises(() => governance.setSubject(PERSON, standing, edit()))).toBe(true)
      const still: readonly (() => Promise<unknown>)[] = [
        () => governance.addTable(table(), 1000),
        () => governance.changeTable(table({ name: 'other' }), edit()),
        () => governance.setPolicy(name, masked('phone'), edit()),
        () => governance.setPolicy('other', EMPTY, edit()),
        () => governance.tables(),
        () => governance.policy(name),
        () => governance.subject('p_00000009'),
        () => governance.raise('k_00000001', { level: 'secret', markings: [] }),
        () => governance.dropLabel('k_00000001'),
        () => store.audit.append({ kind: 'table-added', table: 'other', person: OWNER }, 1000),
      ]
      for (const change of still) expect(await rises(change)).toBe(false)
      const last = await governance.epoch()
      await again()
      expect(await store.governance.epoch()).toBe(last)
    })

    describe('the workspace', () => {
      const workspace: Workspace = {
        label: { level: 'internal', markings: [] },
        grants: [{ id: 'makes', to: { who: 'group', group: 'legal' }, right: 'managed-table:write', expires: 5 }],
      }

      test('nobody makes tables in one of which nothing was said; each edit is a version, on record, onto the newest', async () => {
        expect(await store.governance.workspace()).toEqual({ workspace: { label: LOWEST, grants: [] }, version: 0 })
        expect(await store.governance.setWorkspace({ ...workspace, grants: [] }, edit())).toEqual({ ok: true, version: 1 })
        const before = await store.governance.epoch()
        expect(await store.governance.setWorkspace(workspace, { ...edit(), onto: 0 })).toEqual({ ok: false, why: 'stale' })
        expect(await store.governance.epoch()).toBe(before)
        expect(await store.governance.setWorkspace(workspace, { ...edit(), onto: 1 })).toEqual({ ok: true, version: 2 })
        expect(await store.governance.epoch()).toBeGreaterThan(before)
        await again()
        expect(await store.governance.workspace()).toEqual({ workspace, version: 2 })
        expect(await store.governance.workspaceHistory()).toEqual([
          { version: 2, value: workspace, ...edit() },
          { version: 1, value: { ...workspace, grants: [] }, ...edit() },
        ])
        expect((await written())[0]).toEqual({ kind: 'workspace-changed', person: OWNER, version: 2, reason: 'as asked' })
      })
    })

    describe('language models', () => {
      const rules: RouteRules = {
        model: 'org/large',
        label: { level: 'confidential', markings: ['PII'] },
        open: 'readers',
        perDay: 5000,
      }

      test('of one of which nothing was said there is nothing; each edit is a version, on record', async () => {
        const { governance } = store
        expect(await governance.route('default')).toBeNull()
        expect(await governance.setRoute('default', rules, edit())).toEqual({ ok: true, version: 1 })
        const closed = { ...rules, open: 'nobody', perDay: null } as const
        expect(await governance.setRoute('default', closed, edit({ by: PERSON, at: 3000 }))).toEqual({ ok: true, version: 2 })
        await again()
        const newest = { version: 2, value: closed, ...edit({ by: PERSON, at: 3000 }) }
        expect(await store.governance.route('default')).toEqual(newest)
        expect(await store.governance.route('other')).toBeNull()
        const entry = { kind: 'route-changed', model: 'default', reason: 'as asked' }
        expect(await written()).toEqual([
          { ...entry, version: 2, person: PERSON },
          { ...entry, version: 1, person: OWNER },
        ])
      })

      test('an edit raises no epoch: what was decided of tables holds', async () => {
        const { governance } = store
        await governance.addTable(table(), 1000)
        const before = await governance.epoch()
        await governance.setRoute('default', rules, edit())
        expect(await governance.epoch()).toBe(before)
        await governance.setSubject(PERSON, standing, edit())
        expect(await governance.epoch()).toBeGreaterThan(before)
      })

      test('an edit whose audit row cannot be written is not made', async () => {
        await expect(store.governance.setRoute('default', rules, edit({ reason: '' }))).rejects.toThrow()
        await expect(store.governance.setRoute('no alias', rules, edit())).rejects.toThrow()
        expect(await store.governance.route('default')).toBeNull()
        expect(await written()).toEqual([])
      })
    })

    describe('labels of kernels', () => {
      const KERNEL = 'k_00000001'

      test('a label is the join of all it was raised to, and outlives the gateway', async () => {
        expect(await store.governance.label(KERNEL)).toEqual(LOWEST)
        const raise = (label: Label) => store.governance.raise(KERNEL, label)
        expect(await raise({ level: 'confidential', markings: ['PII'] })).toEqual({ level: 'confidential', markings: ['PII'] })
        expect(await raise({ level: 'internal', markings: ['EU'] })).toEqual({ level: 'confidential', markings: ['EU', 'PII'] })
        expect(await raise(LOWEST)).toEqual({ level: 'confidential', markings: ['EU', 'PII'] })
        await again()
        expect(await store.governance.label(KERNEL)).toEqual({ level: 'confidential', markings: ['EU', 'PII'] })
        expect(await store.governance.label('k_00000002')).toEqual(LOWEST)
        await store.governance.dropLabel(KERNEL)
        expect(await store.governance.label(KERNEL)).toEqual(LOWEST)
      })

      test('raised at once from many sides, nothing is lost', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(arbitrary.label, { maxLength: 8 }), async (labels) => {
            await Promise.all(labels.map((label) => store.governance.raise(KERNEL, label)))
            expect(await store.governance.label(KERNEL)).toEqual(labels.reduce(join, LOWEST))
            await store.governance.dropLabel(KERNEL)
          }),
          { numRuns: 50 },
        )
      })

      test('what a kernel has read is kept once, with the label or not at all, and goes with it', async () => {
        for (const held of ['b', 'a', 'b']) await store.governance.raise(KERNEL, LOWEST, held)
        await store.governance.raise('k_00000002', LOWEST, 'another’s')
        expect(await store.governance.held(KERNEL)).toEqual(['a', 'b'])
        await again()
        expect(await store.governance.held(KERNEL)).toEqual(['a', 'b'])
        await store.governance.dropLabel(KERNEL)
        expect(await store.governance.held(KERNEL)).toEqual([])
        expect(await store.governance.held('k_00000002')).toEqual(['another’s'])
      })

      test('one more than a kernel may read is refused, with its label', async () => {
        for (let n = 0; n < HELD; n += 1) await store.governance.raise(KERNEL, LOWEST, `${n}`)
        const secret: Label = { level: 'secret', markings: [] }
        await expect(store.governance.raise(KERNEL, secret, 'one more')).rejects.toThrow(/more than/)
        expect(await store.governance.label(KERNEL)).toEqual(LOWEST)
        expect(await store.governance.held(KERNEL)).toHaveLength(HELD)
      })

      test('a label that could not be read back is not written', async () => {
        const many = (prefix: string) => Array.from({ length: 15 }, (_, n) => `${prefix} ${n}`)
        const first = await store.governance.raise(KERNEL, { level: 'internal', markings: many('A') })
        await expect(store.governance.raise(KERNEL, { level: 'secret', markings: many('B') })).rejects.toThrow()
        expect(await store.governance.label(KERNEL)).toEqual(first)
      })
    })
  })
}
