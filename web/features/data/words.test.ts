import { expect, test } from 'vitest'
import type { Expr } from '#protocol/policy/expr.ts'
import { boundText, exprText, maskedText, maskText } from './words.ts'

test('a condition reads as one sentence, with brackets where they are needed', () => {
  const de: Expr = { op: 'eq', left: { column: 'country' }, right: { literal: { type: 'text', value: 'DE' } } }
  const theirs: Expr = { op: 'in', term: { column: 'country' }, among: { attribute: 'countries' } }
  const group: Expr = { op: 'inGroup', group: 'auditors' }
  expect(exprText({ op: 'or', of: [de, { op: 'and', of: [theirs, { op: 'not', of: group }] }] })).toBe(
    'country = “DE” or (country in their countries and not (they are in auditors))',
  )
  expect([exprText({ op: 'and', of: [] }), exprText({ op: 'or', of: [] })]).toEqual(['always', 'never'])
})

test('bounds and masks are named; a mask this page does not know is still said', () => {
  expect(boundText({ all: 'below', label: { level: 'confidential', markings: ['PII'] } })).toBe(
    'whoever is not cleared for confidential · PII',
  )
  expect(maskText({ kind: 'bucket', size: 10 })).toBe('in steps of 10')
  expect([maskedText('last4'), maskedText('something new')]).toEqual(['last four only', 'masked'])
})
