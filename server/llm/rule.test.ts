import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dominates, type Label, LEVELS } from '#protocol/policy/label.ts'
import { ROLES } from '#protocol/roles.ts'
import type { Message } from '../seams/models.ts'
import { dayOf, estimate, judge, mostOf } from './rule.ts'

const label: fc.Arbitrary<Label> = fc.record({
  level: fc.constantFrom(...LEVELS),
  markings: fc.uniqueArray(fc.constantFrom('EU', 'PII')),
})
const route = fc.record({ model: fc.constant('m'), label, readers: fc.boolean(), tokens: fc.constant(10) })
const asker = fc.record({ mode: fc.constantFrom(...ROLES), label })

test('a model is open to a kernel where its label reaches the kernel’s, and to a reader’s where it is marked for them', () => {
  fc.assert(
    fc.property(fc.option(route, { nil: undefined }), asker, (given, who) => {
      const judged = judge(given, who)
      const reaches = given !== undefined && dominates(given.label, who.label)
      const open = given !== undefined && (who.mode === 'edit' || given.readers)
      expect(judged.ok).toBe(reaches && open)
      expect(judged.ok ? null : judged.why).toBe(given === undefined ? 'absent' : open ? (reaches ? null : 'label') : 'readers')
    }),
  )
})

test('what a kernel reads more of closes models and opens none', () => {
  fc.assert(
    fc.property(route, asker, label, (given, who, higher) => {
      if (dominates(higher, who.label) && !judge(given, who).ok) expect(judge(given, { ...who, label: higher }).ok).toBe(false)
    }),
  )
})

describe('tokens', () => {
  const messages: fc.Arbitrary<Message[]> = fc.array(
    fc.record({ role: fc.constant('user' as const), content: fc.string({ unit: 'binary' }) }),
  )

  test('what is set aside is not less than the estimate of any answer within its bound', () => {
    fc.assert(
      fc.property(messages, fc.nat(1000), fc.nat(3), (all, tokens, bytes) => {
        expect(estimate(all, tokens * bytes)).toBeLessThanOrEqual(mostOf(all) + tokens)
      }),
    )
  })

  test.each([
    [[], 0, 0, 0],
    [['abc'], 0, 19, 1],
    [['abc'], 4, 19, 3],
    [['中文', ''], 1, 38, 3],
  ])('%o and %i bytes of answer', (texts, answer, most, estimated) => {
    const all = texts.map((content) => ({ role: 'user', content }) as const)
    expect([mostOf(all), estimate(all, answer)]).toEqual([most, estimated])
  })
})

test('a day is one of UTC', () => {
  expect(dayOf(Date.UTC(2026, 0, 31, 23, 59, 59, 999))).toBe('2026-01-31')
  expect(dayOf(Date.UTC(2026, 1, 1))).toBe('2026-02-01')
})
