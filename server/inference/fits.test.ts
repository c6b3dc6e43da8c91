import { describe, expect, test } from 'vitest'
import type { Input, ValueType } from '#protocol/library/inference.ts'
import type { Tensor } from '#protocol/policy/deployed.ts'
import { unfit } from './fits.ts'

const input = (name: string, type: ValueType = 'real'): Input => ({ name, type })
const tensor = (name: string, type: ValueType = 'real', width: number | null = 1): Tensor => ({ name, type, width })

describe('columns and the tensors of a file', () => {
  const cases: readonly (readonly [string, string | null, readonly Input[], readonly Tensor[]])[] = [
    ['each by its name, in any order', null, [input('b'), input('a', 'integer')], [tensor('a'), tensor('b')]],
    ['all in one', null, [input('a'), input('b', 'boolean')], [tensor('x', 'real', 2)]],
    ['all in one of any width', null, [input('a'), input('b')], [tensor('x', 'real', null)]],
    ['one in one of another name', null, [input('a')], [tensor('x')]],
    ['one in one of any width', null, [input('x')], [tensor('x', 'real', null)]],
    ['too few', 'it takes 3 columns, and 2 are said', [input('a'), input('b')], [tensor('x', 'real', 3)]],
    ['other names', 'it takes “x”, “y”', [input('a'), input('b')], [tensor('x'), tensor('y')]],
    ['one missing', 'it takes “x”, “y”', [input('x')], [tensor('x'), tensor('y')]],
    ['one that is wide', 'it takes 2 columns as “x”', [input('x'), input('y')], [tensor('x', 'real', 2), tensor('y')]],
    ['numbers as text', 'it takes no text as “a”, but real', [input('a', 'text'), input('b')], [tensor('x', 'real', 2)]],
    ['text as numbers', 'it takes no integer as “x”, but text', [input('x', 'integer')], [tensor('x', 'text')]],
    ['what would be cut off', 'it takes no real as “x”, but integer', [input('x', 'real')], [tensor('x', 'integer')]],
    ['yes or no of a number', 'it takes no integer as “x”, but boolean', [input('x', 'integer')], [tensor('x', 'boolean')]],
  ]
  test.each(cases)('%s: %s', (_, said, inputs, takes) => {
    expect(unfit(inputs, { takes })).toBe(said)
  })
})
