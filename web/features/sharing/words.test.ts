import { expect, test } from 'vitest'
import type { Preflight } from '#protocol/shares.ts'
import { endOf, granteeText, preflightLines, untilText } from './words.ts'

test('a share is of a person or of the whole workspace, and says its last day', () => {
  const person = { id: 'p_00000001', name: 'Colleague' }
  expect([granteeText({ person }), granteeText({ person: null })]).toEqual(['Colleague', 'The whole workspace'])
  expect([untilText({ expires: null }), untilText({ expires: endOf('2027-02-28') })]).toEqual(['', 'until 28 Feb 2027'])
})

test('the end of a day is the beginning of the next, where the author is', () => {
  expect(endOf('2026-12-31')).toBe(new Date(2027, 0, 1).getTime())
  expect([endOf(''), endOf('31.12.2026')]).toEqual([null, null])
})

test('before sharing: numbers for an author, names for the workspace’s owner, nothing where all see all', () => {
  const group = (count: number, people: string[] | null = null) => ({ count, people })
  const of = (...tables: Preflight['tables']): Preflight => ({ members: 3, tables })
  expect(preflightLines(of())).toEqual([])
  expect(preflightLines(of({ table: 'planes', lack: group(1), masked: group(2) }))).toEqual([
    'planes: 1 of 3 other members may not read it; 2 of 3 other members see some of it masked or left out.',
  ])
  expect(preflightLines(of({ table: 'planes', lack: group(2, ['A', 'B']), masked: group(0, []) }))).toEqual([
    'planes: A, B may not read it.',
  ])
})
