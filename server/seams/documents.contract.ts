// Documents and questions for the contracts of the library.
import fc from 'fast-check'
import type { Label } from '#protocol/policy/label.ts'
import * as arbitrary from '../policy/testing/arbitrary.ts'
import type { NewDocument } from './knowledge.ts'

export const ANNA = 'p_00000001'
export const BORIS = 'p_00000002'
export const SECRET: Label = { level: 'secret', markings: ['EU', 'PII'] }
export const ALL: Label = { level: 'secret', markings: ['EU', 'LEGAL', 'PII'] }
export const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
export const INTERNAL: Label = { level: 'internal', markings: [] }

export const numbered = (n: number) => `d_${String(n).padStart(8, '0')}`
export const document = (over: Partial<NewDocument> = {}): NewDocument => ({
  id: numbered(1),
  title: 'Framework',
  source: 'framework.md',
  label: INTERNAL,
  by: ANNA,
  at: 1000,
  bytes: 12,
  ...over,
})

/** Words of few letters, so that they meet; and what an FTS query, a JSON text or C would stumble on. */
const word = fc.constantFrom('law', 'laws', 'delay', 'Länder', 'Q3', 'rule', 'of', 'data')
const odd = fc.constantFrom(
  '"',
  "'",
  '*',
  'AND',
  'OR',
  'NOT',
  'NEAR(law',
  'title:law',
  '^law',
  '-law',
  '(',
  ')',
  '\0',
  '{text}: law',
  '😀',
)
const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '))
export const documents = fc.array(
  fc.record({ label: arbitrary.label, title: text, passages: fc.array(text, { maxLength: 4 }) }),
  {
    maxLength: 8,
  },
)
export const question = fc
  .array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 1, arbitrary: odd }), { maxLength: 6 })
  .map((words) => words.join(' '))
