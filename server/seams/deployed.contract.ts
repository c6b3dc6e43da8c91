// What every store must do with models that owners deploy.
import { beforeEach, describe, expect, test } from 'vitest'
import type { DeployedModel } from '#protocol/policy/deployed.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import type { Change } from './governance.ts'
import type { Store } from './store.ts'

const OWNER = 'p_00000001'
const change = (over: Partial<Change> = {}): Change => ({ by: OWNER, at: 2000, reason: 'as asked', ...over })
const tensor = (name: string) => ({ name, type: 'real', width: null }) as const
const file = (sign: string) => ({ digest: sign.repeat(64), bytes: 65, takes: [tensor('x')], makes: [tensor('y')] })
const model = (over: Partial<DeployedModel> = {}): DeployedModel => ({
  name: 'delays',
  rules: {
    description: 'How late.',
    label: { level: 'confidential', markings: ['PII'] },
    inputs: [{ name: 'x', type: 'real' }],
    open: 'readers',
    to: [{ who: 'group', group: 'planning' }],
  },
  file: file('a'),
  ...over,
})
const closed = (): DeployedModel => ({ ...model(), rules: { ...model().rules, open: 'nobody' } })

export function deployedContract(open: OpenStore): void {
  describe('deployed models at rest', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })
    const set = (value: DeployedModel | null, over: Partial<Change> = {}, name = 'delays') =>
      store.governance.setDeployed(name, value, change(over))
    const versions = async () => (await store.governance.deployed()).map(({ value, version }) => [value.name, version])

    test('those that there are come back by name, the newest of each, after reopening too', async () => {
      expect(await store.governance.deployed()).toEqual([])
      await set(model())
      await set(model({ name: 'arrivals' }), {}, 'arrivals')
      expect(await set(closed(), { at: 3000, onto: 1 })).toEqual({ ok: true, version: 2 })
      await again()
      expect(await store.governance.deployed()).toEqual([
        { version: 1, value: model({ name: 'arrivals' }), ...change() },
        { version: 2, value: closed(), ...change({ at: 3000 }) },
      ])
    })

    test('each edit is on record, with what it was and the file; no word of the rules', async () => {
      await set(model())
      await set(closed())
      await set(model({ file: file('b') }))
      await set(null)
      const entries = (await store.audit.list({ limit: 100 })).map(({ entry }) => entry)
      const row = { kind: 'deployed-changed', model: 'delays', person: OWNER, reason: 'as asked' }
      expect(entries).toEqual([
        { ...row, version: 4, what: 'removed', digest: 'b'.repeat(64) },
        { ...row, version: 3, what: 'file', digest: 'b'.repeat(64) },
        { ...row, version: 2, what: 'rules', digest: 'a'.repeat(64) },
        { ...row, version: 1, what: 'added', digest: 'a'.repeat(64) },
      ])
    })

    test('one that was made from another version than the newest is refused', async () => {
      expect(await set(model(), { onto: 1 })).toEqual({ ok: false, why: 'stale' })
      await set(model(), { onto: 0 })
      for (const value of [closed(), null]) expect(await set(value, { onto: 0 })).toEqual({ ok: false, why: 'stale' })
      expect(await versions()).toEqual([['delays', 1]])
    })

    test('what was taken away is gone, is not taken away twice, and its name is free, with its versions counted on', async () => {
      expect(await set(null)).toEqual({ ok: false, why: 'absent' })
      await set(model())
      expect(await set(null, { onto: 1 })).toEqual({ ok: true, version: 2 })
      expect(await versions()).toEqual([])
      expect(await set(null, { onto: 2 })).toEqual({ ok: false, why: 'absent' })
      expect(await set(closed(), { onto: 1 })).toEqual({ ok: false, why: 'stale' })
      expect(await set(model(), { onto: 0 })).toEqual({ ok: true, version: 3 })
      expect(await versions()).toEqual([['delays', 3]])
    })

    test('what a file was last said to count as is known, whatever its name, and when it was taken away', async () => {
      const label = (sign: string) => store.governance.fileLabel(sign.repeat(64))
      const lower: DeployedModel = { ...model(), rules: { ...model().rules, label: { level: 'internal', markings: [] } } }
      expect(await label('a')).toBeNull()
      await set(model())
      await set(lower)
      expect(await label('a')).toEqual(lower.rules.label)
      await set({ ...model(), name: 'other' }, {}, 'other')
      expect(await label('a')).toEqual(model().rules.label)
      await set(null)
      await set(null, {}, 'other')
      await again()
      expect([await label('a'), await label('b')]).toEqual([model().rules.label, null])
    })

    describe('an edit', () => {
      beforeEach(() => set(model()))

      test('raises no epoch: what was decided of tables holds', async () => {
        const before = await store.governance.epoch()
        await set(closed())
        await set(null)
        expect(await store.governance.epoch()).toBe(before)
      })

      test('whose audit row cannot be written is not made, nor one of what is no model', async () => {
        await expect(set(closed(), { reason: '' })).rejects.toThrow()
        await expect(set(null, { reason: '' })).rejects.toThrow()
        await expect(set(model({ file: file('A') }))).rejects.toThrow()
        await expect(set(model(), {}, 'no alias')).rejects.toThrow()
        expect(await versions()).toEqual([['delays', 1]])
      })
    })
  })
}
