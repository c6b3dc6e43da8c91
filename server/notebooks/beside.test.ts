import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dominates, join, type Label, LEVELS, LOWEST } from '#protocol/policy/label.ts'
import { classified, together } from './beside.ts'

const label: fc.Arbitrary<Label> = fc.record({ level: fc.constantFrom(...LEVELS), markings: fc.subarray(['A', 'B']) })
const name = fc.constantFrom<string>('a', 'b', 'c')
const known = fc.array(fc.tuple(name, label)).map((pairs) => new Map(pairs))
const names = fc.uniqueArray(name)

test('each file counts as what is known of it, one of which nothing is as the workspace and all of which something is', () => {
  fc.assert(
    fc.property(names, known, label, (names, known, workspace) => {
      const unknown = [...known.values()].reduce(join, workspace)
      const of = classified(names, known, workspace)
      expect([...of.keys()]).toEqual(names)
      for (const [name, counts] of of) expect(counts).toEqual(known.get(name) ?? unknown)
    }),
  )
})

test('together they count as the least that dominates each; without any, as nothing', () => {
  fc.assert(
    fc.property(names, known, label, label, (names, known, workspace, clearance) => {
      const of = classified(names, known, workspace)
      expect(dominates(clearance, together(of))).toBe([...of.values()].every((one) => dominates(clearance, one)))
    }),
  )
  expect(together(new Map())).toEqual(LOWEST)
})

test('one that goes raises none of the rest that is known', () => {
  fc.assert(
    fc.property(names, known, label, (names, known, workspace) => {
      const [gone = '', ...rest] = names
      const after = classified(rest, new Map([...known].filter(([name]) => name !== gone)), workspace)
      expect(dominates(together(classified(names, known, workspace)), together(after))).toBe(true)
    }),
  )
})
