import { expect, test } from 'vitest'
import type { Notebook } from '#protocol/api.ts'
import { inOrder, nextSort, parseSort, type Sort, search, sortText } from './order.ts'

const book = (name: string, updated: number, cells: number | null = 3): Notebook => ({
  id: `n_${name.padEnd(8, '0').replace(/\W/g, '0')}`,
  name,
  author: { id: 'p_00000001', name: 'Owner' },
  mine: true,
  rights: 'author',
  updated,
  bytes: 1,
  cells,
  sees: 'newest',
  editor: null,
  trashed: null,
  named: false,
  shares: null,
})
const arrange = (list: readonly Notebook[], query: string, sort: Sort) => search(inOrder(list, sort), query)
const names = (list: readonly Notebook[]) => list.map((each) => each.name)

test('newest first by default', () => {
  expect(names(arrange([book('a', 1), book('b', 3), book('c', 2)], '', parseSort(undefined)))).toEqual(['b', 'c', 'a'])
})

test('every word of the query must be in the name, in any order, whatever the case and accents', () => {
  const list = [book('Délais par vol', 1), book('Vol seul', 2)]
  expect(names(arrange(list, 'VOL delais', parseSort('name-up')))).toEqual(['Délais par vol'])
})

test('names sort as people count', () => {
  expect(names(arrange([book('run 10', 1), book('run 9', 2)], '', parseSort('name-up')))).toEqual(['run 9', 'run 10'])
})

test('a source that does not parse sorts before one without cells', () => {
  expect(names(arrange([book('zero', 1, 0), book('broken', 1, null)], '', parseSort('cells-up')))).toEqual(['broken', 'zero'])
})

test('the list handed in is left as it was', () => {
  const list = Object.freeze([book('a', 1), book('b', 2)])
  expect(names(arrange(list, '', parseSort('updated-down')))).toEqual(['b', 'a'])
  expect(names(list)).toEqual(['a', 'b'])
})

test('an order survives the address, and nonsense becomes the default', () => {
  expect(parseSort(sortText({ column: 'author', down: true }))).toEqual({ column: 'author', down: true })
  expect(parseSort('constructor-down')).toEqual({ column: 'updated', down: true })
})

test('the same heading turns the order round; another begins its own way', () => {
  expect(nextSort({ column: 'name', down: false }, 'name').down).toBe(true)
  expect(nextSort({ column: 'name', down: true }, 'updated')).toEqual({ column: 'updated', down: true })
  expect(nextSort({ column: 'updated', down: true }, 'name')).toEqual({ column: 'name', down: false })
})
