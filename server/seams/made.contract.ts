// What every store must do with tables that kernels made. An implementation's test calls this with a way to open one.
import { describe, expect, test } from 'vitest'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import type { MadeTable } from './made.ts'
import type { Store } from './store.ts'

const INTERNAL = { level: 'internal', markings: [] } as const
const PERSONAL = { level: 'confidential', markings: ['PII'] } as const
const read = (table: string, policy: number) => ({ table, policy, label: INTERNAL })
const table = (name: string, over: Partial<MadeTable> = {}): MadeTable => ({
  table: name,
  kernel: 'k_00000001',
  notebook: 'n_00000001',
  maker: 'p_00000001',
  inputs: { tables: [read('flights', 3)], library: null },
  at: 1,
  ...over,
})

export function madeContract(open: OpenStore): void {
  describe('tables that kernels made', () => {
    let store: Store
    const again = freshEach(open, (opened) => {
      store = opened
    })

    test('come back whole over a restart, the newest first; one made anew is in place of the former', async () => {
      await store.made.made(table('anna.a', { inputs: { tables: [read('planes', 1)], library: PERSONAL } }))
      await store.made.made(table('anna.b', { at: 2 }))
      await store.made.made(table('anna.a', { at: 3, kernel: 'k_00000002' }))
      await again()
      expect(await store.made.list()).toEqual([table('anna.a', { at: 3, kernel: 'k_00000002' }), table('anna.b', { at: 2 })])
    })

    test('what is added stands beside what they were made from, each table at each version of its policy, once', async () => {
      await store.made.made(table('anna.a', { inputs: { tables: [read('flights', 3), read('planes', 1)], library: null } }))
      const inputs = async () => (await store.made.list()).map((made) => made.inputs)
      await store.made.added('anna.a', {
        tables: [read('airports', 2), read('flights', 2), read('planes', 4)],
        library: INTERNAL,
      })
      const tables = [read('airports', 2), read('flights', 2), read('flights', 3), read('planes', 1), read('planes', 4)]
      expect(await inputs()).toEqual([{ tables, library: INTERNAL }])
      await store.made.added('anna.a', { tables: [], library: PERSONAL })
      await store.made.added('anna.a', { tables: [read('planes', 4)], library: null })
      expect(await store.made.find('anna.a')).toMatchObject({ table: 'anna.a', inputs: { library: PERSONAL } })
      expect(await store.made.find('anna.b')).toBeNull()
      expect(await inputs()).toEqual([{ tables, library: PERSONAL }])
    })

    test('of a table that no kernel made nothing is kept', async () => {
      await store.made.added('flights', table('flights').inputs)
      expect(await store.made.list()).toEqual([])
    })
  })
}
