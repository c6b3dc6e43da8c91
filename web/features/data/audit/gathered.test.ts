import { expect, test } from 'vitest'
import { gathered } from './gathered.ts'

test('parts are asked for until there are no older ones, and stand in their order', async () => {
  const asked: (number | null)[] = []
  const parts = new Map([
    [null, { events: [5, 6], older: 5 }],
    [5, { events: [3, 4], older: 3 }],
    [3, { events: [1], older: null }],
  ])
  const part = async (before: number | null) => {
    asked.push(before)
    return parts.get(before) ?? expect.unreachable()
  }
  expect(await gathered(part)).toEqual([1, 3, 4, 5, 6])
  expect(asked).toEqual([null, 5, 3])
})
