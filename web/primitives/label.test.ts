import { expect, test } from 'vitest'
import { labelText } from './label.ts'

test('a classification in words', () => {
  expect(labelText({ level: 'public', markings: [] })).toBe('public')
  expect(labelText({ level: 'confidential', markings: ['EU', 'PII'] })).toBe('confidential · EU · PII')
})
