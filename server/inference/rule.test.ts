import { describe, expect, test } from 'vitest'
import type { Column } from '#protocol/library/inference.ts'
import { type Label, LEVELS } from '#protocol/policy/label.ts'
import type { Deployed } from '../seams/inference.ts'
import { type Asker, judge, misfit } from './rule.ts'

const label = (level: Label['level'], ...markings: string[]): Label => ({ level, markings })
const model = (over: Partial<Deployed> = {}): Deployed => ({
  name: 'delays',
  description: '',
  label: label('confidential', 'PII'),
  readers: false,
  inputs: [
    { name: 'hour', type: 'integer' },
    { name: 'distance', type: 'real' },
  ],
  ...over,
})
const ASKER: Asker = { mode: 'edit', label: label('internal'), clearance: label('confidential', 'PII') }
const why = (over: Partial<Asker>, deployed?: Partial<Deployed>) => {
  const judged = judge(model(deployed), { ...ASKER, ...over })
  return judged.ok ? 'open' : judged.why
}

describe('a model is open', () => {
  test('to who is cleared for what it says, in a kernel that has read no more than it may get', () => {
    expect(judge(model(), ASKER)).toEqual({ ok: true, model: model() })
    expect(judge(undefined, ASKER)).toEqual({ ok: false, why: 'absent' })
  })

  test.each(LEVELS)('by the level of the kernel: %s', (level) => {
    expect(why({ label: label(level) })).toBe(level === 'secret' ? 'label' : 'open')
  })

  test('by each marking', () => {
    expect(why({ label: label('public', 'PII') })).toBe('open')
    expect(why({ label: label('public', 'EU') })).toBe('label')
    expect(why({ label: label('public', 'PII') }, { label: label('secret') })).toBe('clearance')
  })

  test('by the clearance of the person, since its answers raise the kernel', () => {
    expect(why({ clearance: label('confidential') })).toBe('clearance')
    expect(why({ clearance: label('internal', 'PII') })).toBe('clearance')
    expect(why({ clearance: label('secret', 'PII', 'EU') })).toBe('open')
  })

  test('to a reader only where it is marked for readers', () => {
    expect(why({ mode: 'run' })).toBe('readers')
    expect(why({ mode: 'run' }, { readers: true })).toBe('open')
  })
})

describe('rows fit', () => {
  const hour: Column = { name: 'hour', type: 'integer', values: [1, 2] }
  const distance: Column = { name: 'distance', type: 'real', values: [1, 2.5] }
  const cases: readonly (readonly [string | null, readonly Column[]])[] = [
    [null, [hour, distance]],
    [null, [distance, hour]],
    ['a column comes twice', [hour, hour]],
    ['its input “distance” is missing', [hour]],
    ['there are columns that it does not take', [hour, distance, { ...hour, name: 'secret word' }]],
    ['its input “hour” is of type integer', [{ ...hour, type: 'real' }, distance]],
    ['its columns are not equally long', [hour, { ...distance, values: [1] }]],
  ]
  test.each(cases)('or not: %s', (said, columns) => {
    expect(misfit(model(), columns)).toBe(said)
  })
})
