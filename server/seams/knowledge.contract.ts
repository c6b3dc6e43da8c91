// What every store must do with documents and searches. An implementation's test calls this with a way to open one.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DOCUMENTS } from '#protocol/limits.ts'
import { dominates, type Label, LOWEST } from '#protocol/policy/label.ts'
import * as arbitrary from '../policy/testing/arbitrary.ts'
import { ALL, ANNA, BORIS, document, documents, INTERNAL, numbered, PERSONAL, question, SECRET } from './documents.contract.ts'
import { freshEach, type OpenStore, twoEach } from './fresh.contract.ts'
import type { Knowledge } from './knowledge.ts'
import type { Store } from './store.ts'

export function knowledgeContract(open: OpenStore): void {
  describe('documents at rest', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })
    const found = async (words: string, clearance = SECRET, limit = 10) =>
      (await store.knowledge.search(words, clearance, limit)).map(({ passage }) => passage)
    const titles = async (clearance: Label) => (await store.knowledge.documents(clearance)).map(({ title }) => title)

    test('what was added is listed and found, after reopening too', async () => {
      expect(await store.knowledge.add(document(), ['The first law', 'The second'])).toBe('added')
      await again()
      expect(await store.knowledge.documents(INTERNAL)).toEqual([{ ...document(), passages: 2 }])
      expect(await store.knowledge.document(numbered(1), INTERNAL)).toEqual({ ...document(), passages: 2 })
      expect(await store.knowledge.search('laws', INTERNAL, 10)).toEqual([
        { document: numbered(1), title: 'Framework', source: 'framework.md', label: INTERNAL, passage: 'The first law' },
      ])
    })

    test('what is above a clearance is not there', async () => {
      await store.knowledge.add(document({ id: numbered(1), title: 'Open', label: LOWEST }), ['a law'])
      await store.knowledge.add(document({ id: numbered(2), title: 'People', label: PERSONAL }), ['a law of people'])
      await store.knowledge.add(document({ id: numbered(3), title: 'Marked', label: { ...LOWEST, markings: ['EU'] } }), [
        'a law of Europe',
      ])
      expect(await titles(LOWEST)).toEqual(['Open'])
      expect(await titles(INTERNAL)).toEqual(['Open'])
      expect(await titles(PERSONAL)).toEqual(['Open', 'People'])
      expect(await titles(SECRET)).toEqual(['Marked', 'Open', 'People'])
      expect(await found('law', LOWEST)).toEqual(['a law'])
      expect(await found('law', { level: 'secret', markings: [] })).toEqual(['a law'])
      expect(await store.knowledge.document(numbered(2), INTERNAL)).toBeNull()
      expect(await store.knowledge.document('d_unknown00', SECRET)).toBeNull()
    })

    test('rare words first, those of the title among them, the same order each time', async () => {
      await store.knowledge.add(document({ id: numbered(1), title: 'One' }), ['law', 'law and delay', 'law'])
      await store.knowledge.add(document({ id: numbered(2), title: 'Delay' }), ['a law'])
      expect(await found('law delay')).toEqual(['law and delay', 'a law', 'law', 'law'])
      expect(await found('law delay', SECRET, 2)).toEqual(['law and delay', 'a law'])
    })

    test('how common a word is among hidden passages has no part in the order', async () => {
      await store.knowledge.add(document({ title: 'Notes' }), ['law', 'delay', 'a delay'])
      await store.knowledge.add(
        document({ id: numbered(2), label: SECRET }),
        Array.from({ length: 20 }, () => 'law'),
      )
      expect(await found('law delay', INTERNAL)).toEqual(['law', 'delay', 'a delay'])
    })

    test('case, accents and endings do not count', async () => {
      await store.knowledge.add(document({ title: 'Notes' }), ['Die Länder', 'a regulatory framework'])
      expect(await found('LANDER')).toEqual(['Die Länder'])
      expect(await found('Frameworks, regulatory?')).toEqual(['a regulatory framework'])
    })

    test('a question is words and nothing else', async () => {
      await store.knowledge.add(document(), ['law'])
      for (const asked of ['', ' ', '"', '*', '()', '\0', '😀', 'AND', 'NOT rule', 'rule*', 'l*', 'title : rule'])
        expect([asked, await found(asked)]).toEqual([asked, []])
      for (const asked of [
        '"law',
        'law" OR "x',
        'NEAR(law rule)',
        'NOT law',
        'text:law',
        '{x} : law',
        "law'; --",
        'law\0rule',
        '-law',
      ])
        expect([asked, await found(asked)]).toEqual([asked, ['law']])
      expect(await found(`${'rule '.repeat(100_000)} law`)).toEqual(['law'])
      const many = Array.from({ length: DOCUMENTS.words }, (_, n) => `word${n}`).join(' ')
      expect(await found(`${many} law`)).toEqual([])
      expect(await found(`law ${many}`)).toEqual(['law'])
      expect(await found('x'.repeat(1_000_000))).toEqual([])
    })

    test('a removed one is gone from list and search, and can be added again', async () => {
      await store.knowledge.add(document(), ['law'])
      await store.knowledge.add(document({ id: numbered(2) }), ['another law'])
      expect(await store.knowledge.remove(numbered(1), BORIS, 2000)).toBe(true)
      expect(await store.knowledge.remove(numbered(1), BORIS, 2000)).toBe(false)
      expect(await found('law')).toEqual(['another law'])
      await store.knowledge.add(document(), ['law'])
      expect((await found('law')).sort()).toEqual(['another law', 'law'])
    })

    test('adding and removing each write a row of the audit, without a word of the document', async () => {
      await store.knowledge.add(document({ label: PERSONAL }), ['law'])
      await store.knowledge.remove(numbered(1), BORIS, 2000)
      await store.knowledge.remove(numbered(1), BORIS, 2000)
      expect((await store.audit.list({ limit: 9 })).map(({ at, entry }) => [at, entry])).toEqual([
        [2000, { kind: 'document-removed', person: BORIS, document: numbered(1) }],
        [1000, { kind: 'document-added', person: ANNA, document: numbered(1), label: PERSONAL }],
      ])
    })

    test('what cannot be recorded is not done', async () => {
      await store.knowledge.add(document(), ['law'])
      await expect(store.knowledge.add(document({ id: 'nothing' }), ['rule'])).rejects.toThrow()
      await expect(store.knowledge.remove(numbered(1), 'nobody', 2000)).rejects.toThrow()
      expect(await found('law rule')).toEqual(['law'])
      expect(await store.knowledge.documents(SECRET)).toHaveLength(1)
    })

    test('there are so many documents and so many passages, and no more', async () => {
      const passages = Array.from({ length: DOCUMENTS.passages - DOCUMENTS.all }, () => 'law')
      expect(await store.knowledge.add(document({ id: numbered(0) }), passages)).toBe('added')
      expect(
        await store.knowledge.add(
          document(),
          Array.from({ length: DOCUMENTS.all + 1 }, () => 'law'),
        ),
      ).toBe('too-many-passages')
      for (let n = 1; n < DOCUMENTS.all; n++) await store.knowledge.add(document({ id: numbered(n) }), [])
      expect(await store.knowledge.add(document({ id: numbered(DOCUMENTS.all) }), [])).toBe('too-many-documents')
      expect(await store.knowledge.documents(SECRET)).toHaveLength(DOCUMENTS.all)
    }, 60_000)
  })

  describe('a search', () => {
    const both = twoEach(open)

    test('answers what a library without the hidden documents answers, in the same order, and fills its limit', async () => {
      const { whole, copy } = both()
      const everything = (knowledge: Knowledge) => knowledge.documents(ALL)
      const cases = fc.tuple(documents, arbitrary.label, question, fc.integer({ min: 1, max: 12 }))
      await fc.assert(
        fc.asyncProperty(cases, async ([all, clearance, asked, limit]) => {
          try {
            for (const [n, { label, title, passages }] of all.entries()) {
              const one = document({ id: numbered(n), title, label })
              await whole.knowledge.add(one, passages)
              if (dominates(clearance, label)) await copy.knowledge.add(one, passages)
            }
            const answer = await whole.knowledge.search(asked, clearance, limit)
            expect(answer).toEqual(await copy.knowledge.search(asked, ALL, limit))
            const visible = await copy.knowledge.search(asked, ALL, 1000)
            expect(answer).toHaveLength(Math.min(limit, visible.length))
            expect(answer.every(({ label }) => dominates(clearance, label))).toBe(true)
          } finally {
            for (const { knowledge } of [whole, copy])
              for (const { id } of await everything(knowledge)) await knowledge.remove(id, ANNA, 1)
          }
        }),
        { numRuns: 200 },
      )
    }, 60_000)
  })
}
