import { expect, test } from 'vitest'
import { fused, type Place } from './fusion.ts'

const at = (text: string): Place => ({ document: text.charAt(0), place: Number(text.slice(1)) })
const all = () => false
const order = (...texts: readonly string[]) => texts.map(at)

test('one order stays as it is', () => {
  expect(fused(order('b2', 'a1', 'b1'), [], all)).toEqual(order('b2', 'a1', 'b1'))
})

test('what stands in both comes before what is first in one', () => {
  expect(fused(order('a1', 'b1', 'c1'), order('d1', 'c1'), all)).toEqual(order('c1', 'a1', 'd1', 'b1'))
})

test('what is alike comes in the order of documents and places, whichever order it is from', () => {
  expect(fused(order('b1'), order('a2'), all)).toEqual(order('a2', 'b1'))
  expect(fused(order('a10'), order('a9'), all)).toEqual(order('a9', 'a10'))
})

test('what can stand in the order by words only has its rank there for both', () => {
  const [words, near] = [order('a1', 'b1', 'c1'), order('b1', 'c1')]
  expect(fused(words, near, all)).toEqual(order('b1', 'c1', 'a1'))
  expect(fused(words, near, ({ document }) => document === 'a')).toEqual(order('a1', 'b1', 'c1'))
})
