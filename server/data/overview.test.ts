// What made a kernel's label as high as it is.
import { expect, test } from 'vitest'
import type { Label, LEVELS } from '#protocol/policy/label.ts'
import { raisers } from './overview.ts'

const label = (level: (typeof LEVELS)[number], ...markings: string[]): Label => ({ level, markings })
const source = (table: string | null, of: Label) => ({ table, label: of })

test('it is what reaches the level, and what bears a marking, the library too', () => {
  const low = source('low', label('internal'))
  const high = source('high', label('confidential'))
  const marked = source('marked', label('internal', 'PII'))
  const library = source(null, label('confidential', 'LEGAL'))
  expect(raisers(label('confidential', 'LEGAL', 'PII'), [low, high, marked, library])).toEqual([high, marked, library])
  expect(raisers(label('internal', 'PII'), [low, marked])).toEqual([low, marked])
})

test('nothing raised the lowest label', () => {
  expect(raisers(label('public'), [source('open', label('public'))])).toEqual([])
})
