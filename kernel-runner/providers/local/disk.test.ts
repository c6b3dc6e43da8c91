import { expect, test } from 'vitest'
import { Disk } from './disk.ts'

const GiB = 1024 ** 3

test('while there is room nobody is stopped, however much is written', () => {
  expect(new Disk(() => 3 * GiB).judge('a', 50 * GiB)).toBe('enough')
})

test('without room, whoever writes the most now is stopped, and nobody who writes little', () => {
  const disk = new Disk(() => GiB)
  expect(disk.judge('quiet', 1024)).toBe('enough')
  expect(disk.judge('most', GiB)).toBe('none')
  expect(disk.judge('less', GiB / 2)).toBe('enough')
  disk.judge('most', 0) // it writes no more
  expect(disk.judge('less', GiB / 2)).toBe('none')
})

test('one that has ended hides no other', () => {
  const disk = new Disk(() => GiB)
  expect(disk.judge('gone', GiB)).toBe('none')
  disk.forget('gone')
  expect(disk.judge('next', GiB / 2)).toBe('none')
})
