import { expect, test } from 'vitest'
import { disclosureLines, originLines } from './origin.ts'

const internal = { level: 'internal', markings: [] } as const
const personal = { level: 'confidential', markings: ['PII'] } as const

test('what it was made from, with what changed since and what one may not know of', () => {
  const inputs = [
    { table: 'flights', policy: 2, label: internal, changed: false },
    { table: 'planes', policy: 1, label: personal, changed: true },
  ].map((input) => ({ ...input, label: { ...input.label, markings: [...input.label.markings] } }))
  const library = { ...personal, markings: ['PII'] }
  expect(originLines({ inputs, unnamed: 2, library })).toEqual([
    'flights, read as internal under version 2 of its rules',
    'planes, read as confidential · PII under version 1 of its rules, which have changed since',
    '2 tables that you may not know of',
    'Passages of the library, up to confidential · PII',
  ])
  expect(originLines({ inputs: [], unnamed: 0, library: null })).toEqual([])
})

test('what a release gives: whom the label keeps out, and what others see less of', () => {
  expect(disclosureLines({ unseen: false, less: [] }, 'internal')).toEqual([])
  const less = { table: 'contacts', closed: true, rows: true, columns: ['email', 'phone'] }
  expect(disclosureLines({ unseen: true, less: [less] }, 'confidential · PII')).toEqual([
    'Some of those you choose are not cleared for confidential · PII, which it carries from what was read. For them it is not there.',
    'Of contacts, some of those who will see this see less than you do: they may not read it, see only some of its rows, see email, phone masked or not at all. What you release shows what is in it.',
  ])
})
