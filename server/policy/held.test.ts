import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { evaluate } from './evaluate.ts'
import { type Held, heldOf, mayHold } from './held.ts'
import { masked } from './masking.ts'
import { generous, policy, row, subject, table } from './testing/arbitrary.ts'

const NOW = 10
const KEY = Buffer.alloc(32, 7)
const shown = (held: Held, values: Parameters<typeof evaluate>[1]) =>
  evaluate(held.keep, values) === true
    ? held.columns.map(({ name, mask }) => (mask === null ? values[name] : masked(mask, values[name] ?? null, KEY)))
    : null

describe('what a kernel holds', () => {
  test('it may hold under unchanged policies', () => {
    fc.assert(
      fc.property(table, fc.oneof(policy, generous), subject, (catalogued, rules, who) => {
        const decision = decide(catalogued, rules, who, NOW)
        if (decision.ok) expect(mayHold(heldOf(decision.view, decision.view.columns), decision)).toBe(true)
      }),
    )
  })

  test('not when the table is closed, whatever it was', () => {
    fc.assert(
      fc.property(table, generous, subject, (catalogued, rules, who) => {
        const decision = decide(catalogued, rules, who, NOW)
        if (!decision.ok) return
        const held = heldOf(decision.view, decision.view.columns)
        for (const why of ['absent', 'ungranted', 'clearance', 'policy'] as const)
          expect(mayHold(held, { ok: false, why })).toBe(false)
      }),
    )
  })

  test('what it may hold after a change is no row that is now left out, and no value that is now masked otherwise', () => {
    let judged = 0
    fc.assert(
      fc.property(
        table,
        generous,
        policy,
        subject,
        fc.array(row, { minLength: 1, maxLength: 6 }),
        (catalogued, rules, more, who, rows) => {
          const before = decide(catalogued, rules, who, NOW)
          const changed = { grants: rules.grants, rows: [...rules.rows, ...more.rows], masks: [...rules.masks, ...more.masks] }
          const after = decide(catalogued, changed, who, NOW)
          if (!before.ok) return
          const held = heldOf(before.view, before.view.columns)
          if (!after.ok || !mayHold(held, after)) return
          judged += 1
          const names = new Set(held.columns.map(({ name }) => name))
          const again = heldOf(
            after.view,
            after.view.columns.filter(({ name }) => names.has(name)),
          )
          for (const values of rows) expect(shown(again, values)).toEqual(shown(held, values))
        },
      ),
      { numRuns: 500 },
    )
    expect(judged).toBeGreaterThan(10)
  })

  test('a filter that changes ends it; one that is lifted does not', () => {
    const view = {
      table: 't',
      columns: [],
      types: {},
      filtered: true,
      label: { level: 'public', markings: [] },
      because: [],
    } as const
    const keep = { op: 'isNull', term: { column: 'a' } } as const
    const other = { op: 'isNull', term: { column: 'b' } } as const
    const held: Held = { table: 't', columns: [], keep }
    expect(mayHold(held, { ok: true, view: { ...view, keep } })).toBe(true)
    expect(mayHold(held, { ok: true, view: { ...view, keep: { op: 'and', of: [] } } })).toBe(true)
    expect(mayHold(held, { ok: true, view: { ...view, keep: other } })).toBe(false)
  })
})
