import { expect, test } from 'vitest'
import { NOTEBOOK } from '#protocol/limits.ts'
import { tooLarge } from './quota.ts'

test('a file up to the limit fits, a larger one is refused with the limit named', () => {
  expect(tooLarge({ name: 'a.csv', size: NOTEBOOK.upload }, 0)).toBeNull()
  expect(tooLarge({ name: 'a.csv', size: NOTEBOOK.upload + 1 }, 0)).toContain('64 MB')
})

test('all files together have a quota', () => {
  expect(tooLarge({ name: 'a.csv', size: 1 }, NOTEBOOK.uploads - 1)).toBeNull()
  expect(tooLarge({ name: 'a.csv', size: 2 }, NOTEBOOK.uploads - 1)).toContain('256 MB')
})
