// What every store must do with vectors of passages, and with searches by them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dominates, type Label, LOWEST } from '#protocol/policy/label.ts'
import * as arbitrary from '../policy/testing/arbitrary.ts'
import { ALL, ANNA, BORIS, document, documents, INTERNAL, numbered, PERSONAL, question, SECRET } from './documents.contract.ts'
import { freshEach, type OpenStore, twoEach } from './fresh.contract.ts'
import type { Knowledge, Meant } from './knowledge.ts'
import type { Store } from './store.ts'

const MODEL = 'a model'
/** So few different ones that many passages are equally near. */
const vector = (seed: number): Float32Array => {
  const numbers = [1, 2, 3, 4, 5].map((n) => Math.cos(seed * n))
  return Float32Array.from(numbers, (number) => number / Math.hypot(...numbers))
}
const meant = (seed: number, model = MODEL): Meant => ({ model, vector: vector(seed) })
/** As if an endpoint had been asked for all that it may see. A text's vector depends on the text alone, as an endpoint's does. */
async function embed({ vectors }: Knowledge, ceiling: Label, most = 2): Promise<number> {
  let asked = 0
  for (;;) {
    const batch = await vectors.next(ceiling, most)
    if (batch === null) return asked
    asked += batch.texts.length
    const made = batch.texts.map((text) => vector([...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 7))
    expect(await vectors.put(MODEL, batch, made)).toBe('kept')
  }
}

export function vectorsContract(open: OpenStore): void {
  describe('vectors at rest', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })
    const SEEDS = [0, 1, 2]
    const batchOf = async (most = 9) => {
      const batch = await store.knowledge.vectors.next(SECRET, most)
      if (batch === null) throw new Error('nothing is left')
      return batch
    }
    const near = async (seed: number, clearance = SECRET, limit = 9) => {
      const { found, compared } = await store.knowledge.hybrid('', meant(seed), clearance, limit)
      return { passages: found.map(({ passage }) => passage), compared }
    }
    const three = () => store.knowledge.add(document(), ['zero', 'one', 'two'])

    test('passages are asked for in batches of one document, under its title, and none twice, after reopening too', async () => {
      await store.knowledge.add(document({ at: 2000, label: PERSONAL }), ['zero', 'one', 'two'])
      await store.knowledge.add(document({ id: numbered(2), title: 'Older', by: BORIS, at: 1000 }), ['three'])
      expect(await batchOf(2)).toEqual({
        document: numbered(2),
        label: INTERNAL,
        by: BORIS,
        first: 0,
        texts: ['Older\nthree'],
      })
      await store.knowledge.vectors.put(MODEL, await batchOf(2), [vector(3)])
      expect(await batchOf(2)).toMatchObject({ first: 0, texts: ['Framework\nzero', 'Framework\none'], label: PERSONAL })
      await store.knowledge.vectors.put(MODEL, await batchOf(2), [vector(0), vector(1)])
      await again()
      expect(await batchOf(2)).toMatchObject({ document: numbered(1), first: 2, texts: ['Framework\ntwo'] })
      expect(await near(1)).toMatchObject({ compared: 3 })
      await store.knowledge.vectors.put(MODEL, await batchOf(2), [vector(2)])
      expect(await store.knowledge.vectors.next(SECRET, 2)).toBeNull()
      expect((await near(2, SECRET, 1)).passages).toEqual(['two'])
    })

    test('what a ceiling does not dominate is never asked for', async () => {
      await store.knowledge.add(document({ label: PERSONAL }), ['of people'])
      await store.knowledge.add(document({ id: numbered(2), label: { ...LOWEST, markings: ['EU'] } }), ['of Europe'])
      expect(await store.knowledge.vectors.next(INTERNAL, 9)).toBeNull()
      expect(await store.knowledge.vectors.next({ level: 'secret', markings: [] }, 9)).toBeNull()
      expect(await store.knowledge.vectors.next(PERSONAL, 9)).toMatchObject({ texts: ['Framework\nof people'] })
    })

    test('those of a removed document are gone, and what is made for it meanwhile is not kept', async () => {
      await three()
      await store.knowledge.vectors.put(MODEL, await batchOf(1), [vector(0)])
      const batch = await batchOf()
      await store.knowledge.remove(numbered(1), ANNA, 2000)
      expect(await store.knowledge.vectors.put(MODEL, batch, [vector(1), vector(2)])).toBe('gone')
      expect(await near(0)).toEqual({ passages: [], compared: 0 })
      await three()
      expect(await batchOf()).toMatchObject({ first: 0 })
    })

    test('another model begins anew, and is not compared with', async () => {
      await three()
      await store.knowledge.vectors.put(MODEL, await batchOf(), SEEDS.map(vector))
      expect(await store.knowledge.hybrid('', meant(0, 'another'), SECRET, 9)).toEqual({ found: [], compared: 0 })
      await store.knowledge.vectors.keep(MODEL, SECRET)
      expect(await store.knowledge.vectors.next(SECRET, 9)).toBeNull()
      await store.knowledge.vectors.keep('another', SECRET)
      expect(await batchOf()).toMatchObject({ first: 0, texts: { length: 3 } })
    })

    test('a lower ceiling forgets what is above it', async () => {
      await store.knowledge.add(document({ label: PERSONAL }), ['high'])
      await store.knowledge.add(document({ id: numbered(2) }), ['low'])
      expect(await embed(store.knowledge, SECRET)).toBe(2)
      await store.knowledge.vectors.keep(MODEL, INTERNAL)
      expect(await near(0)).toEqual({ passages: ['low'], compared: 1 })
    })

    test('vectors of another length are not kept beside those that are', async () => {
      await three()
      await store.knowledge.vectors.put(MODEL, await batchOf(1), [vector(0)])
      const batch = await batchOf()
      const other = [Float32Array.of(1, 0), Float32Array.of(0, 1)]
      expect(await store.knowledge.vectors.put(MODEL, batch, other)).toBe('unlike')
      expect(await near(0)).toEqual({ passages: ['zero'], compared: 1 })
      await store.knowledge.vectors.forget()
      const whole = await batchOf()
      expect(whole).toMatchObject({ first: 0 })
      expect(await store.knowledge.vectors.put(MODEL, whole, [Float32Array.of(1, 0), ...other])).toBe('kept')
    })

    test('passages that were not taken are passed over by that model', async () => {
      await three()
      expect(await store.knowledge.vectors.put(MODEL, await batchOf(1), null)).toBe('kept')
      await store.knowledge.vectors.put(MODEL, await batchOf(), [vector(1), vector(2)])
      expect(await store.knowledge.vectors.next(SECRET, 9)).toBeNull()
      expect((await near(0)).compared).toBe(2)
      await store.knowledge.vectors.keep('another', SECRET)
      expect(await batchOf()).toMatchObject({ first: 0 })
    })

    test('many are forgotten as few are', async () => {
      const passages = Array.from({ length: 100 }, (_, n) => `rule ${n}`)
      await store.knowledge.add(document(), passages)
      expect(await embed(store.knowledge, SECRET, 1)).toBe(100)
      await store.knowledge.vectors.forget()
      expect(await near(0)).toEqual({ passages: [], compared: 0 })
      expect(await embed(store.knowledge, SECRET, 1)).toBe(100)
    })

    test('a search by both finds what either finds, and first what both find', async () => {
      await store.knowledge.add(document({ title: 'Notes' }), ['law', 'delay', 'something else', 'delay of law'])
      await store.knowledge.vectors.put(MODEL, await batchOf(), [9, 5, 5.1, 5.2].map(vector))
      const { found, compared } = await store.knowledge.hybrid('delay', meant(5), SECRET, 9)
      expect(found.map(({ passage }) => passage)).toEqual(['delay', 'delay of law', 'something else', 'law'])
      expect(compared).toBe(4)
      expect((await store.knowledge.hybrid('delay', meant(5), SECRET, 2)).found).toEqual(found.slice(0, 2))
    })

    test('what has no vector is found by its words, and does not come after all that has one', async () => {
      await store.knowledge.add(document({ label: PERSONAL }), ['a law of people'])
      await store.knowledge.add(document({ id: numbered(2) }), ['a rule'])
      await embed(store.knowledge, INTERNAL)
      const { found, compared } = await store.knowledge.hybrid('law', meant(1), SECRET, 9)
      expect([found.map(({ passage }) => passage), compared]).toEqual([['a law of people', 'a rule'], 1])
      await store.knowledge.add(document({ id: numbered(3), title: 'Third' }), ['a law', 'one law'])
      await embed(store.knowledge, INTERNAL)
      expect((await store.knowledge.hybrid('law of people', meant(1), SECRET, 1)).found).toMatchObject([
        { passage: 'a law of people' },
      ])
    })
  })

  describe('a search by words and meaning', () => {
    const both = twoEach(open)

    test('answers what a library without the hidden documents answers, in the same order, and fills its limit', async () => {
      const { whole, copy } = both()
      const cases = fc.record({
        all: documents,
        clearance: arbitrary.label,
        ceiling: arbitrary.label,
        asked: question,
        seed: fc.nat(6),
        limit: fc.integer({ min: 1, max: 12 }),
      })
      await fc.assert(
        fc.asyncProperty(cases, async ({ all, clearance, ceiling, asked, seed, limit }) => {
          try {
            for (const [n, { label, title, passages }] of all.entries()) {
              const one = document({ id: numbered(n), title, label })
              await whole.knowledge.add(one, passages)
              if (dominates(clearance, label)) await copy.knowledge.add(one, passages)
            }
            for (const { knowledge } of [whole, copy]) await embed(knowledge, ceiling)
            const answer = await whole.knowledge.hybrid(asked, meant(seed), clearance, limit)
            expect(answer).toEqual(await copy.knowledge.hybrid(asked, meant(seed), ALL, limit))
            const visible = await copy.knowledge.hybrid(asked, meant(seed), ALL, 1000)
            const open = all.filter(({ label }) => dominates(clearance, label) && dominates(ceiling, label))
            const embedded = open.reduce((sum, { passages }) => sum + passages.length, 0)
            expect(answer.compared).toBe(embedded)
            expect(visible.found.length).toBeGreaterThanOrEqual(embedded)
            expect(answer.found).toHaveLength(Math.min(limit, visible.found.length))
            expect(answer.found).toEqual(visible.found.slice(0, limit))
            expect(answer.found.every(({ label }) => dominates(clearance, label))).toBe(true)
          } finally {
            for (const { knowledge } of [whole, copy])
              for (const { id } of await knowledge.documents(ALL)) await knowledge.remove(id, ANNA, 1)
          }
        }),
        { numRuns: 150 },
      )
    }, 60_000)
  })
}
