import { describe, expect, test } from 'vitest'
import type { Column } from '#protocol/library/inference.ts'
import { type Label, LEVELS } from '#protocol/policy/label.ts'
import type { Subject } from '../policy/subject.ts'
import type { Offer } from './offers.ts'
import { type Asker, isFor, judge, misfit } from './rule.ts'

const label = (level: Label['level'], ...markings: string[]): Label => ({ level, markings })
const model = (over: Partial<Offer> = {}): Offer => ({
  name: 'delays',
  description: '',
  label: label('confidential', 'PII'),
  open: 'editors',
  to: [{ who: 'workspace' }],
  file: null,
  inputs: [
    { name: 'hour', type: 'integer' },
    { name: 'distance', type: 'real' },
  ],
  ...over,
})
const WHO: Subject = { person: 'p_00000001', member: true, groups: [], attributes: {}, clearance: label('confidential', 'PII') }
const ASKER: Asker = { mode: 'edit', label: label('internal'), who: WHO }
const why = ({ clearance, ...over }: Partial<Asker> & { clearance?: Label }, offer?: Partial<Offer>) => {
  const who = clearance ? { ...WHO, clearance } : WHO
  const judged = judge(model(offer), { ...ASKER, who, ...over })
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
    expect(why({ mode: 'run' }, { open: 'readers' })).toBe('open')
  })
})

describe('a model that an owner deployed', () => {
  test('is closed to everybody where it is open to nobody', () => {
    for (const mode of ['edit', 'run'] as const) expect(why({ mode }, { open: 'nobody' })).toBe('closed')
    expect(isFor(model({ open: 'nobody' }), WHO)).toBe(false)
  })

  const group: Offer['to'] = [{ who: 'group', group: 'planning' }]
  const cases: readonly (readonly [string, boolean, Offer['to'], Partial<Subject>])[] = [
    ['to nobody', false, [], {}],
    ['to the workspace', true, [{ who: 'workspace' }], {}],
    ['to the workspace, of which they are no member', false, [{ who: 'workspace' }], { member: false }],
    ['to them', true, [{ who: 'person', person: 'p_00000001' }], {}],
    ['to somebody else', false, [{ who: 'person', person: 'p_00000002' }], {}],
    ['to their group', true, group, { groups: ['planning'] }],
    ['to another group', false, group, { groups: ['support'] }],
    ['to a group or to them', true, [...group, { who: 'person', person: 'p_00000001' }], {}],
  ]
  test.each(cases)('granted %s: %s', (_, granted, to, over) => {
    const who = { ...WHO, ...over }
    expect(why({ who }, { to })).toBe(granted ? 'open' : 'ungranted')
    expect(why({ who, mode: 'run' }, { to, open: 'readers' })).toBe(granted ? 'open' : 'ungranted')
    expect(isFor(model({ to }), who)).toBe(granted)
  })

  test('is for nobody who is not cleared for what it says', () => {
    expect(isFor(model(), WHO)).toBe(true)
    expect(isFor(model({ label: label('secret') }), WHO)).toBe(false)
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
