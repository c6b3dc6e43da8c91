// What made a kernel's label as high as it is.
import { expect, test } from 'vitest'
import type { Label, LEVELS } from '#protocol/policy/label.ts'
import { raisers } from './overview.ts'

const label = (level: (typeof LEVELS)[number], ...markings: string[]): Label => ({ level, markings })
const table = (name: string, of: Label) => ({ of: 'table', name, label: of }) as const

test('it is what reaches the level, and what bears a marking: tables, the library, answers of models and the workspace', () => {
  const low = table('low', label('internal'))
  const high = table('high', label('confidential'))
  const marked = table('marked', label('internal', 'PII'))
  const library = { of: 'library', label: label('confidential', 'LEGAL') } as const
  const model = { of: 'model', name: 'delays', label: label('internal', 'PII') } as const
  const workspace = { of: 'workspace', label: label('internal') } as const
  const all = [workspace, low, high, marked, library, model]
  expect(raisers(label('confidential', 'LEGAL', 'PII'), all)).toEqual([high, marked, library, model])
  expect(raisers(label('internal', 'PII'), [workspace, low, marked])).toEqual([workspace, low, marked])
})

test('nothing raised the lowest label', () => {
  expect(raisers(label('public'), [table('open', label('public')), { of: 'workspace', label: label('public') }])).toEqual([])
})
