import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dominates, type Label, LEVELS, LOWEST } from '#protocol/policy/label.ts'
import { OPEN_TO } from '#protocol/policy/route.ts'
import { ROLES } from '#protocol/roles.ts'
import type { Message } from '../seams/models.ts'
import { dayOf, estimate, judge, mayGoOn, mostOf } from './rule.ts'
import type { Term } from './terms.ts'

const label: fc.Arbitrary<Label> = fc.record({
  level: fc.constantFrom(...LEVELS),
  markings: fc.uniqueArray(fc.constantFrom('EU', 'PII')),
})
const route: fc.Arbitrary<Term> = fc.record({
  model: fc.constantFrom('m', 'n'),
  label,
  open: fc.constantFrom(...OPEN_TO),
  tokens: fc.constant(10),
  perDay: fc.constant(null),
  missing: fc.boolean(),
})
const asker = fc.record({ mode: fc.constantFrom(...ROLES), label })

test('a model is open to a kernel where its label reaches the kernel’s, and to a reader’s where it is marked for them', () => {
  fc.assert(
    fc.property(fc.option(route, { nil: undefined }), asker, (given, who) => {
      const judged = judge(given, who)
      const reaches = given !== undefined && dominates(given.label, who.label)
      const there = given !== undefined && given.open !== 'nobody' && !given.missing
      const open = there && (who.mode === 'edit' || given.open === 'readers')
      expect(judged.ok).toBe(reaches && open)
      const why = given === undefined ? 'absent' : there ? (open ? 'label' : 'readers') : 'closed'
      expect(judged.ok ? null : judged.why).toBe(judged.ok ? null : why)
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

test('an answer goes on where it might begin anew, and from the same model', () => {
  fc.assert(
    fc.property(fc.option(route, { nil: undefined }), asker, fc.constantFrom('m', 'n'), (now, who, model) => {
      expect(mayGoOn(now, who, model)).toBe(judge(now, who).ok && now?.model === model)
    }),
  )
  const now: Term = { model: 'm', label: LOWEST, open: 'readers', tokens: 1, perDay: null, missing: false }
  const who = { mode: 'run', label: LOWEST } as const
  expect([mayGoOn(now, who, 'm'), mayGoOn(now, who, 'n'), mayGoOn({ ...now, open: 'editors' }, who, 'm')]).toEqual([
    true,
    false,
    false,
  ])
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
