// What every store must do with the tokens of people.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Use } from './allowance.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import type { Store } from './store.ts'

const ANNA = 'p_00000001'
const BORIS = 'p_00000002'
const DAY = '2026-01-31'

const use = (id: string, tokens: number, over: Partial<Use> = {}): Use => ({
  kernel: 'k_00000001',
  id,
  person: ANNA,
  day: DAY,
  tokens,
  ...over,
})

export function allowanceContract(open: OpenStore): void {
  describe('an allowance', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })

    test('what was set aside counts until it is settled, over a restart too', async () => {
      expect(await store.allowance.reserve(use('a', 60), 100)).toBe('reserved')
      expect(await store.allowance.reserve(use('b', 41), 100)).toBe('over')
      await again()
      expect(await store.allowance.used(ANNA, DAY)).toBe(60)
      expect(await store.allowance.reserve(use('b', 40), 100)).toBe('reserved')
      await store.allowance.settle(use('a', 0), 10)
      expect(await store.allowance.used(ANNA, DAY)).toBe(50)
      expect(await store.allowance.reserve(use('c', 50), 100)).toBe('reserved')
    })

    test('it is one person’s, of one day', async () => {
      await store.allowance.reserve(use('a', 100), 100)
      expect(await store.allowance.reserve(use('b', 100, { person: BORIS }), 100)).toBe('reserved')
      expect(await store.allowance.reserve(use('c', 100, { day: '2026-02-01' }), 100)).toBe('reserved')
      expect(await store.allowance.used(ANNA, DAY)).toBe(100)
      expect(await store.allowance.used('p_00000009', DAY)).toBe(0)
    })

    test('an answer is set aside once, and another kernel’s of the same name is another', async () => {
      await store.allowance.reserve(use('a', 10), 100)
      expect(await store.allowance.reserve(use('a', 10), 100)).toBe('known')
      expect(await store.allowance.reserve(use('a', 10, { day: '2026-02-01' }), 100)).toBe('known')
      expect(await store.allowance.used(ANNA, DAY)).toBe(10)
      expect(await store.allowance.reserve(use('a', 10, { kernel: 'k_00000002' }), 100)).toBe('reserved')
    })

    test('more may be taken than was set aside; then the day is over', async () => {
      await store.allowance.reserve(use('a', 10), 100)
      await store.allowance.settle(use('a', 0), 150)
      expect(await store.allowance.used(ANNA, DAY)).toBe(150)
      expect(await store.allowance.reserve(use('b', 0), 100)).toBe('over')
    })

    test('however many ask together, no more is set aside than there is', async () => {
      const wanted = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 })
      let round = 0
      const together = fc.asyncProperty(wanted, async (all) => {
        const day = `3000-01-${String(++round).padStart(2, '0')}`
        const answers = await Promise.all(
          all.map((tokens, at) => store.allowance.reserve(use(`${day}-${at}`, tokens, { day }), 100)),
        )
        const granted = all.filter((_, at) => answers[at] === 'reserved').reduce((sum, tokens) => sum + tokens, 0)
        expect(await store.allowance.used(ANNA, day)).toBe(granted)
        expect(granted).toBeLessThanOrEqual(100)
        for (const tokens of all.filter((_, at) => answers[at] === 'over')) expect(granted + tokens).toBeGreaterThan(100)
      })
      await fc.assert(together, { numRuns: 20 })
    })
  })
}
