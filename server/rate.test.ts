import { expect, test } from 'vitest'
import { makeLimiter } from './rate.ts'

test('a burst, then so many a second, each key for itself', () => {
  let now = 0
  const limiter = makeLimiter(() => now)
  const rate = { burst: 3, perSecond: 2 }
  const waits = () => limiter('a', rate)
  expect([waits(), waits(), waits(), waits()]).toEqual([0, 0, 0, 1])
  expect(limiter('b', rate)).toBe(0)
  now += 500
  expect([waits(), waits()]).toEqual([0, 1])
  now += 60_000
  expect([waits(), waits(), waits(), waits()]).toEqual([0, 0, 0, 1])
})
