import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Expr } from '#protocol/policy/expr.ts'
import { dominates, type Label } from '#protocol/policy/label.ts'
import { STRICTNESS } from '#protocol/policy/mask.ts'
import type { Grant, MaskRule, Policy, RowRule, Table } from '#protocol/policy/policy.ts'
import { type Decision, decide, labelOf, type View } from './decide.ts'
import { evaluate } from './evaluate.ts'
import type { Subject } from './subject.ts'
import { generous, policy, row, subject, table } from './testing/arbitrary.ts'

const NOW = 10
const at = (level: Label['level'], ...markings: string[]): Label => ({ level, markings })
const TABLE: Table = {
  name: 'authorities',
  owner: 'p_theowner',
  description: '',
  hidden: false,
  label: at('internal'),
  columns: [
    { name: 'country', type: 'text', label: at('public'), description: '' },
    { name: 'email', type: 'text', label: at('confidential', 'PII'), description: '' },
    { name: 'staff', type: 'integer', label: at('internal'), description: '' },
  ],
}
const OPEN: Grant = { id: 'g1', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }
const nothing: Policy = { grants: [], rows: [], masks: [] }
const open: Policy = { ...nothing, grants: [OPEN] }
const HIGH: Subject = {
  person: 'p_analyst',
  member: true,
  groups: ['staff'],
  attributes: { country: ['DE'] },
  clearance: at('secret', 'PII'),
}
const LOW: Subject = { ...HIGH, person: 'p_colleague', groups: [], attributes: {}, clearance: at('internal') }
const ofCountry: Expr = { op: 'eq', left: { column: 'country' }, right: { attribute: 'country' } }
const masking: MaskRule = {
  id: 'm1',
  bound: { all: 'below', label: at('confidential', 'PII') },
  column: 'email',
  mask: { kind: 'last4' },
  label: at('internal'),
}
const rowRule = (keep: Expr): RowRule => ({ id: 'r1', bound: { all: 'everybody' }, keep })

const why = (decision: Decision) => (decision.ok ? 'seen' : decision.why)
function view(decision: Decision): View {
  if (!decision.ok) throw new Error(decision.why)
  return decision.view
}
const shape = (decision: Decision) => view(decision).columns.map(({ name, mask }) => [name, mask?.kind ?? null])

describe('who sees a table', () => {
  test('nobody without a grant, and who is no member not even its name', () => {
    expect(why(decide(TABLE, nothing, HIGH, NOW))).toBe('ungranted')
    expect(why(decide(TABLE, open, { ...HIGH, member: false }, NOW))).toBe('absent')
    expect(why(decide(null, open, HIGH, NOW))).toBe('absent')
  })

  test('a hidden table answers as if there were none, whatever closes it', () => {
    const hidden = { ...TABLE, hidden: true }
    for (const rules of [nothing, { ...open, rows: [rowRule(ofCountry)] }])
      expect(why(decide(hidden, rules, LOW, NOW))).toBe('absent')
    expect(why(decide({ ...hidden, label: at('secret') }, open, LOW, NOW))).toBe('absent')
  })

  test('a grant that has expired, is for others, or is for writing opens nothing', () => {
    const others: Grant[] = [
      { ...OPEN, expires: NOW },
      { ...OPEN, to: { who: 'person', person: 'p_another' } },
      { ...OPEN, to: { who: 'group', group: 'legal' } },
      { ...OPEN, right: 'managed-table:write' },
    ]
    for (const grant of others) expect(why(decide(TABLE, { ...nothing, grants: [grant] }, HIGH, NOW))).toBe('ungranted')
  })

  test('a label above the clearance closes the table, markings too', () => {
    expect(why(decide({ ...TABLE, label: at('secret') }, open, LOW, NOW))).toBe('clearance')
    expect(why(decide({ ...TABLE, label: at('public', 'LEGAL') }, open, HIGH, NOW))).toBe('clearance')
  })
})

describe('what they see of it', () => {
  test('a column above the clearance is not there, unless a mask brings it below', () => {
    expect(shape(decide(TABLE, open, LOW, NOW))).toEqual([
      ['country', null],
      ['staff', null],
    ])
    expect(shape(decide(TABLE, { ...open, masks: [masking] }, LOW, NOW))).toEqual([
      ['country', null],
      ['email', 'last4'],
      ['staff', null],
    ])
    expect(shape(decide(TABLE, { ...open, masks: [masking] }, HIGH, NOW))).toEqual([
      ['country', null],
      ['email', null],
      ['staff', null],
    ])
  })

  test('a mask that declares a label above the clearance hides the column', () => {
    expect(shape(decide(TABLE, { ...open, masks: [{ ...masking, label: at('secret') }] }, LOW, NOW))).toEqual([
      ['country', null],
      ['staff', null],
    ])
  })

  test('a mask that no longer fits its column hides it', () => {
    const stale = { ...masking, column: 'staff' }
    expect(shape(decide(TABLE, { ...open, masks: [stale] }, LOW, NOW))).toEqual([['country', null]])
  })

  test('of several masks the strictest, in whatever order', () => {
    const masks = STRICTNESS.map((kind) => ({ kind })).filter(
      ({ kind }) => kind === 'hash' || kind === 'first4' || kind === 'redact',
    )
    for (const order of [masks, masks.toReversed()]) {
      const rules = order.map((mask) => ({ ...masking, mask }) as MaskRule)
      expect(shape(decide(TABLE, { ...open, masks: rules }, LOW, NOW))[1]).toEqual(['email', 'redact'])
    }
  })

  test('a rule about an attribute that the person has not, or has twice, closes the table', () => {
    const rules = { ...open, rows: [rowRule(ofCountry)] }
    expect(why(decide(TABLE, rules, HIGH, NOW))).toBe('seen')
    expect(why(decide(TABLE, rules, LOW, NOW))).toBe('policy')
    expect(why(decide(TABLE, rules, { ...HIGH, attributes: { country: ['DE', 'FR'] } }, NOW))).toBe('policy')
  })

  test('a grant whose rows cannot be judged finds none, and takes nothing from another grant', () => {
    const own: Grant = { ...OPEN, id: 'g2', rows: ofCountry }
    expect(why(decide(TABLE, { ...nothing, grants: [own] }, LOW, NOW))).toBe('policy')
    expect(why(decide(TABLE, { ...nothing, grants: [own, OPEN] }, LOW, NOW))).toBe('seen')
  })

  test('what reads a column counts with the table and with the column, masked or not', () => {
    const high = view(decide(TABLE, { ...open, masks: [masking] }, HIGH, NOW))
    expect(labelOf(high, high.columns)).toEqual(at('confidential', 'PII'))
    expect(
      labelOf(
        high,
        high.columns.filter(({ name }) => name === 'country'),
      ),
    ).toEqual(at('internal'))
  })
})

describe('for any policy, table and person', () => {
  test('nothing that is seen counts above the clearance', () => {
    fc.assert(
      fc.property(table, fc.oneof(policy, generous), subject, (catalogued, rules, who) => {
        const decision = decide(catalogued, rules, who, NOW)
        if (decision.ok) expect(dominates(who.clearance, labelOf(decision.view, decision.view.columns))).toBe(true)
      }),
    )
  })

  test('one more rule never shows more: fewer rows, the same or fewer columns, none less masked', () => {
    fc.assert(
      fc.property(table, generous, policy, subject, fc.array(row, { maxLength: 6 }), (catalogued, rules, more, who, rows) => {
        const before = decide(catalogued, rules, who, NOW)
        const after = decide(
          catalogued,
          { ...rules, rows: [...rules.rows, ...more.rows], masks: [...rules.masks, ...more.masks] },
          who,
          NOW,
        )
        if (!after.ok) return
        if (!before.ok) expect(before.why).toBe(catalogued.hidden ? 'absent' : 'clearance') // no column was below it
        for (const values of before.ok ? rows : [])
          if (evaluate(after.view.keep, values) === true) expect(evaluate(view(before).keep, values)).toBe(true)
        for (const { name, mask } of after.view.columns) {
          const was = before.ok ? before.view.columns.find((column) => column.name === name) : undefined
          const ofRules = more.masks.some((rule) => rule.column === name)
          if (was === undefined)
            expect(ofRules && mask !== null).toBe(true) // a mask brought it below the clearance
          else if (was.mask !== null)
            expect(mask && STRICTNESS.indexOf(mask.kind)).toBeLessThanOrEqual(STRICTNESS.indexOf(was.mask.kind))
        }
      }),
    )
  })

  test('a person’s own words and attributes are values, never conditions', () => {
    const injected = "' OR 1=1 --"
    const who = { ...HIGH, attributes: { country: [injected] } }
    const { keep } = view(decide(TABLE, { ...open, rows: [rowRule(ofCountry)] }, who, NOW))
    expect(evaluate(keep, { country: 'DE', email: '', staff: 1n })).toBe(false)
    expect(evaluate(keep, { country: injected, email: '', staff: 1n })).toBe(true)
  })
})
