// Who may open and relabel, on any artefact, person and workspace.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dominates, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import type { Subject } from '../policy/subject.ts'
import * as arbitrary from '../policy/testing/arbitrary.ts'
import { mayOpen, mayRelabel, mayRelease } from './rule.ts'

const [ANNA, BORIS] = ['p_00000001', 'p_00000002'] as const
const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }

const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.constant({ who: 'workspace' } as const),
  fc.constantFrom(ANNA, BORIS).map((person) => ({ who: 'person', person }) as const),
  fc.constantFrom('risk', 'audit').map((group) => ({ who: 'group', group }) as const),
)
const artefact = fc.record({
  maker: fc.constantFrom(ANNA, BORIS),
  label: arbitrary.label,
  released: fc.array(audience, { maxLength: 3 }),
})
const somebody: fc.Arbitrary<Subject> = fc.record({
  person: fc.constantFrom(ANNA, BORIS),
  member: fc.boolean(),
  groups: fc.subarray(['risk', 'audit']),
  attributes: fc.constant({}),
  clearance: arbitrary.label,
})
const who = (over: Partial<Subject> = {}): Subject => ({
  person: ANNA,
  member: true,
  groups: [],
  attributes: {},
  clearance: PERSONAL,
  ...over,
})

describe('opening', () => {
  test('needs membership, the clearance, and to be its maker or one that it is released to', () => {
    fc.assert(
      fc.property(artefact, somebody, (one, subject) => {
        const named = one.released.some(
          (to) =>
            to.who === 'workspace' ||
            (to.who === 'person' && to.person === subject.person) ||
            (to.who === 'group' && subject.groups.includes(to.group)),
        )
        const may = subject.member && dominates(subject.clearance, one.label) && (one.maker === subject.person || named)
        expect(mayOpen(one, subject)).toBe(may)
      }),
    )
  })

  test('is its maker’s alone before it is released, and not even theirs without the clearance', () => {
    const one = { maker: ANNA, label: PERSONAL, released: [] }
    expect(mayOpen(one, who())).toBe(true)
    expect(mayOpen(one, who({ person: BORIS }))).toBe(false)
    expect(mayOpen(one, who({ clearance: INTERNAL }))).toBe(false)
    expect(mayRelease(one, who({ person: BORIS }))).toBe(false)
  })
})

describe('relabelling', () => {
  const grant = (over: Partial<Workspace['grants'][number]> = {}): Workspace => ({
    label: INTERNAL,
    grants: [{ id: 'd', to: { who: 'person', person: BORIS }, right: 'declassify', expires: null, ...over }],
  })
  const one = { maker: ANNA, label: PERSONAL, released: [{ who: 'workspace' } as const] }
  const boris = who({ person: BORIS })
  const asking = (subject: Subject, workspace = grant()) => ({ who: subject, workspace, now: 1000 })

  test('lower: only by a grant to declassify that has not run out; being its maker is none, and to make tables is none', () => {
    expect(mayRelabel(one, INTERNAL, asking(who()))).toBe('declassify')
    expect(mayRelabel(one, INTERNAL, asking(boris))).toBe('yes')
    expect(mayRelabel(one, INTERNAL, asking(boris, grant({ expires: 1000 })))).toBe('declassify')
    expect(mayRelabel(one, INTERNAL, asking(boris, grant({ right: 'managed-table:write' })))).toBe('declassify')
  })

  test('a marking that goes lowers, whatever else comes', () => {
    const secret = who({ clearance: { level: 'secret', markings: ['EU', 'PII'] } })
    expect(mayRelabel(one, { level: 'secret', markings: ['EU'] }, asking(secret))).toBe('declassify')
    expect(mayRelabel(one, { level: 'secret', markings: ['EU', 'PII'] }, asking(secret))).toBe('yes')
  })

  test('never below the workspace, never above one’s own clearance, and raised by its maker only', () => {
    expect(mayRelabel(one, LOWEST, asking(boris))).toBe('floor')
    expect(mayRelabel(one, { level: 'secret', markings: ['PII'] }, asking(who()))).toBe('clearance')
    expect(mayRelabel({ ...one, label: INTERNAL }, PERSONAL, asking(who()))).toBe('yes')
    expect(mayRelabel({ ...one, label: INTERNAL }, PERSONAL, asking(boris))).toBe('maker')
  })
})
