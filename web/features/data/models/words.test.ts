import { expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import type { OpenTo } from '#protocol/policy/route.ts'
import { perDayText, readTokens, stateOf } from './words.ts'

test('how it stands with a model; one that is gone is said before all else', () => {
  const state = (open: OpenTo, missing: boolean) =>
    stateOf({ rules: { model: 'm', label: LOWEST, open, perDay: null }, missing }).text
  expect((['nobody', 'editors', 'readers'] as const).map((open) => state(open, false))).toEqual([
    'Closed',
    'Editors',
    'Editors and readers',
  ])
  expect(state('readers', true)).toBe('Its model is gone')
})

test('tokens are read as people write them; nothing is no bound, and 0 is one', () => {
  expect(['', ' ', '0', '1,000', '20 000'].map(readTokens)).toEqual([null, null, 0, 1000, 20_000].map((perDay) => ({ perDay })))
  for (const text of ['x', '-1', '1.5', '1e3', '1234567890123']) expect(readTokens(text)).toBeNull()
  expect([perDayText(null), perDayText(1), perDayText(1000)]).toEqual([
    'no bound of its own',
    '1 token a day each',
    '1,000 tokens a day each',
  ])
})
