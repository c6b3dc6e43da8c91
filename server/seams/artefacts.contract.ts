// What every store must do with artefacts. An implementation's test calls this with a way to open one.
import { describe, expect, test } from 'vitest'
import { ARTEFACT } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { NewArtefact } from './artefacts.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import type { Store } from './store.ts'

const ANNA = 'p_00000001'
const BORIS = 'p_00000002'
const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }

const numbered = (n: number) => `a_${String(n).padStart(8, '0')}`
const artefact = (n: number, over: Partial<NewArtefact> = {}): NewArtefact => ({
  id: numbered(n),
  kernel: 'k_00000001',
  save: `s_${String(n).padStart(20, '0')}`,
  notebook: 'n_00000001',
  maker: ANNA,
  name: `delays ${n}`,
  kind: 'table',
  bytes: 100,
  digest: 'ab'.repeat(32),
  label: PERSONAL,
  inputs: { tables: [{ table: 'flights', policy: 3, label: INTERNAL }], library: INTERNAL },
  at: n,
  ...over,
})
const change = (onto: number, by = ANNA) => ({ by, at: 9, onto, reason: 'as asked' })

export function artefactsContract(open: OpenStore): void {
  describe('artefacts at rest', () => {
    let store: Store
    const again = freshEach(open, (opened) => {
      store = opened
    })
    const entries = async () => (await store.audit.list({ limit: 10 })).map(({ entry }) => entry).reverse()
    const ids = async () => (await store.artefacts.list()).map(({ id }) => id)

    test('one that was added comes back whole, released to nobody, over a restart, by its id and by its save', async () => {
      expect(await store.artefacts.add(artefact(1))).toBe('added')
      await again()
      const stored = { ...artefact(1), released: [], version: 1 }
      expect(await store.artefacts.get(numbered(1))).toEqual(stored)
      expect(await store.artefacts.saved('k_00000001', artefact(1).save)).toEqual(stored)
      expect(await store.artefacts.saved('k_00000002', artefact(1).save)).toBeNull()
      expect(await store.artefacts.get(numbered(2))).toBeNull()
    })

    test('the newest is the first of the list', async () => {
      for (const n of [2, 3, 1]) await store.artefacts.add(artefact(n))
      expect(await ids()).toEqual([numbered(3), numbered(2), numbered(1)])
    })

    test('each change is a version with its row of the audit; one made from another version changes nothing', async () => {
      await store.artefacts.add(artefact(1))
      const to = [{ who: 'person', person: BORIS }, { who: 'workspace' }] as const
      expect(await store.artefacts.release(numbered(1), to, change(1))).toEqual({ ok: true, version: 2 })
      expect(await store.artefacts.relabel(numbered(1), INTERNAL, change(1, BORIS))).toEqual({ ok: false, why: 'stale' })
      expect(await store.artefacts.relabel(numbered(1), INTERNAL, change(2, BORIS))).toEqual({ ok: true, version: 3 })
      expect(await store.artefacts.release(numbered(2), to, change(1))).toEqual({ ok: false, why: 'absent' })
      expect(await store.artefacts.get(numbered(1))).toEqual({ ...artefact(1), released: to, label: INTERNAL, version: 3 })
      const edited = { artefact: numbered(1), reason: 'as asked' }
      const { kernel, notebook, bytes, digest, label, inputs } = artefact(1)
      const where = { person: ANNA, notebook, version: null, kernel, artefact: numbered(1) }
      expect(await entries()).toEqual([
        { kind: 'artefact-saved', ...where, what: 'table', bytes, digest, label, inputs: inputs.tables },
        { kind: 'artefact-released', person: ANNA, version: 2, ...edited, to },
        { kind: 'artefact-relabelled', person: BORIS, version: 3, ...edited, before: PERSONAL, label: INTERNAL },
      ])
    })

    test('one that was removed is gone, with a row of the audit, once', async () => {
      await store.artefacts.add(artefact(1))
      expect(await store.artefacts.remove(numbered(1), BORIS, 9)).toBe(true)
      expect(await store.artefacts.remove(numbered(1), BORIS, 9)).toBe(false)
      expect(await ids()).toEqual([])
      expect((await entries()).slice(1)).toEqual([{ kind: 'artefact-removed', person: BORIS, artefact: numbered(1) }])
    })

    test('a save happens once', async () => {
      await store.artefacts.add(artefact(1))
      await expect(store.artefacts.add(artefact(2, { save: artefact(1).save }))).rejects.toThrow()
      expect(await ids()).toEqual([numbered(1)])
      expect(await entries()).toHaveLength(1)
    })

    test('the same saved again is the one there is, the newest of the list, and takes no room of its own', async () => {
      const full = { bytes: ARTEFACT.stored }
      await store.artefacts.add(artefact(1, full))
      await store.artefacts.release(numbered(1), [{ who: 'workspace' }], change(1))
      await store.artefacts.add(artefact(2, { maker: BORIS }))
      const again = artefact(3, { ...full, name: artefact(1).name, kernel: 'k_00000002' })
      expect(await store.artefacts.add(again)).toBe('again')
      const stored = { ...again, id: numbered(1), released: [{ who: 'workspace' }], version: 2 }
      expect(await store.artefacts.list()).toEqual([stored, { ...artefact(2, { maker: BORIS }), released: [], version: 1 }])
      expect(await store.artefacts.saved('k_00000002', again.save)).toEqual(stored)
      expect(await store.artefacts.get(numbered(3))).toBeNull()
      expect((await entries()).at(-1)).toMatchObject({ kind: 'artefact-saved', artefact: numbered(1), kernel: 'k_00000002' })
    })

    test('what differs in any of it is another one', async () => {
      await store.artefacts.add(artefact(1))
      const others: readonly Partial<NewArtefact>[] = [
        { maker: BORIS },
        { name: 'Delays' },
        { notebook: 'n_00000002' },
        { kind: 'file' },
        { digest: 'cd'.repeat(32) },
        { label: INTERNAL },
        { inputs: { tables: [{ table: 'flights', policy: 4, label: INTERNAL }], library: INTERNAL } },
      ]
      for (const [n, other] of others.entries())
        expect(await store.artefacts.add(artefact(2 + n, { name: artefact(1).name, ...other }))).toBe('added')
      expect(await ids()).toHaveLength(1 + others.length)
    })

    test('what one person may keep is bounded, by bytes and by number, and so is what all may', async () => {
      const half = { bytes: ARTEFACT.stored / 2 }
      await store.artefacts.add(artefact(1, half))
      await store.artefacts.add(artefact(2, half))
      expect(await store.artefacts.add(artefact(3, { bytes: 1 }))).toBe('person-full')
      const others = Array.from({ length: ARTEFACT.all / ARTEFACT.stored - 1 }, (_, n) => `p_2${String(n).padStart(7, '0')}`)
      for (const [n, maker] of others.entries())
        expect(await store.artefacts.add(artefact(4 + n, { maker, bytes: ARTEFACT.stored }))).toBe('added')
      expect(await store.artefacts.add(artefact(90, { bytes: 1, maker: BORIS }))).toBe('workspace-full')
      await store.artefacts.remove(numbered(1), ANNA, 9)
      for (let n = 0; n < ARTEFACT.perPerson - 1; n++) await store.artefacts.add(artefact(1000 + n, { bytes: 0 }))
      expect(await store.artefacts.add(artefact(91, { bytes: 0 }))).toBe('too-many')
      expect(await store.artefacts.get(numbered(91))).toBeNull()
    })

    test('what its row of the audit cannot hold is not stored', async () => {
      await expect(store.artefacts.add(artefact(1, { digest: 'none' }))).rejects.toThrow()
      expect(await ids()).toEqual([])
    })
  })
}
