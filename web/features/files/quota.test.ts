import { expect, test } from 'vitest'
import { NOTEBOOK } from '#protocol/limits.ts'
import { tooLarge } from './quota.ts'

test('a file up to the limit fits, a larger one is refused with the limit named', () => {
  expect(tooLarge({ name: 'a.csv', size: NOTEBOOK.upload }, [])).toBeNull()
  expect(tooLarge({ name: 'a.csv', size: NOTEBOOK.upload + 1 }, [])).toContain('64 MB')
})

test('all files together have a quota', () => {
  const others = [{ name: 'b.csv', bytes: NOTEBOOK.uploads - 1 }]
  expect(tooLarge({ name: 'a.csv', size: 1 }, others)).toBeNull()
  expect(tooLarge({ name: 'a.csv', size: 2 }, others)).toContain('256 MB')
})

test('a file that is replaced makes room for the one that replaces it', () => {
  expect(tooLarge({ name: 'a.csv', size: 2 }, [{ name: 'a.csv', bytes: NOTEBOOK.uploads }])).toBeNull()
})
