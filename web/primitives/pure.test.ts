import { expect, test } from 'vitest'
import { visibleRange, WHOLE } from './createWindow.ts'
import { ago, count, duration } from './format.ts'
import { hueOf } from './hue.ts'
import { matches, rank } from './match.ts'

test('times are told from the present moment', () => {
  const now = 1_800_000_000_000
  const past = [0, 59_000, 60_000, 3_600_000, 86_400_000, 8 * 86_400_000, 400 * 86_400_000]
  expect(past.map((ms) => ago(now - ms, now))).toEqual([
    'just now',
    'just now',
    '1 minute ago',
    '1 hour ago',
    'yesterday',
    'last week',
    'last year',
  ])
})

test('durations', () => {
  expect([0, 7_900, 272_000, 3_600_000, 3_661_000, -5].map(duration)).toEqual([
    '0:00',
    '0:07',
    '4:32',
    '1:00:00',
    '1:01:01',
    '0:00',
  ])
  expect([count(1, 'cell'), count(10_000, 'notebook')]).toEqual(['1 cell', '10,000 notebooks'])
})

test('a short list is whole; of a long one the rows in sight and some more', () => {
  expect(visibleRange(WHOLE, 0, 400, 46)).toEqual({ first: 0, last: WHOLE })
  const middle = visibleRange(10_000, 46 * 5000, 460, 46)
  expect(middle.first).toBeLessThanOrEqual(5000)
  expect(middle.last).toBeGreaterThanOrEqual(5010)
  expect(middle.last - middle.first).toBeLessThan(60)
  expect(visibleRange(10_000, 46 * 9_999, 460, 46).last).toBe(10_000)
  // Scrolled far, then filtered to fewer rows: still a valid range.
  const after = visibleRange(400, 46 * 9_000, 460, 46)
  expect(after.first).toBeLessThanOrEqual(after.last)
  expect(after.last).toBe(400)
})

test('the palette ranks a start above a word above a middle above letters in order', () => {
  const ranks = ['flights', 'my flights', 'overflight', 'fool light'].map((name) => rank(name, 'flight') ?? -1)
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a))
  expect(rank('table', 'flight')).toBeNull()
  expect(rank('anything', ' ')).toBe(0)
})

test('matching folds case and accents', () => {
  expect(matches('Résumé of FLIGHTS', 'flights resume')).toBe(true)
  expect(matches('flights', 'fligths')).toBe(false)
})

test('a hue is steady and within the circle', () => {
  expect(hueOf('Owner')).toBe(hueOf('Owner'))
  for (const name of ['Owner', 'Analyst', '王', '']) expect(hueOf(name)).toBeLessThan(360)
})
