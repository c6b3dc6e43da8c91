import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dominates, type Label, LEVELS } from '#protocol/policy/label.ts'
import type { Grantee } from '../seams/store.ts'
import { counts, newestFor, type Reader, sees } from './visible.ts'

const PEOPLE = ['p_00000001', 'p_00000002'] as const
const label = fc.record({ level: fc.constantFrom(...LEVELS), markings: fc.subarray(['A', 'B']) })
const reader: fc.Arbitrary<Reader> = fc.record({ person: fc.constantFrom(...PEOPLE), clearance: label })
const released = fc.subarray<Grantee>(['workspace', ...PEOPLE])
const version = fc.record({ label, released })
const versions = fc.array(version, { maxLength: 8 })

test('nobody gets a version above their clearance that was not released to them', () => {
  fc.assert(
    fc.property(reader, versions, (who, all) => {
      const found = newestFor(who, all)
      if (found === null) return
      const given = found.released.includes('workspace') || found.released.includes(who.person)
      expect(dominates(who.clearance, found.label) || given).toBe(true)
    }),
  )
})

test('who is at or above every label follows every save', () => {
  fc.assert(
    fc.property(reader, versions, (who, all) => {
      const follows = all.every((one) => dominates(who.clearance, one.label))
      if (follows) expect(newestFor(who, all)).toBe(all[0] ?? null)
    }),
  )
})

test('what one does not see changes nothing of what one gets', () => {
  fc.assert(
    fc.property(reader, versions, (who, all) => {
      expect(newestFor(who, all)).toBe(all.filter((one) => sees(who, one))[0] ?? null)
    }),
  )
})

test('a release and a higher clearance never give an older version', () => {
  const place = <T>(all: readonly T[], one: T | null) => (one === null ? all.length : all.indexOf(one))
  fc.assert(
    fc.property(reader, label, versions, fc.nat(7), (who, more, all, which) => {
      const higher = { ...who, clearance: highest(who.clearance, more) }
      expect(place(all, newestFor(higher, all))).toBeLessThanOrEqual(place(all, newestFor(who, all)))
      const given = all.map((one, n) => (n === which ? { ...one, released: [...one.released, who.person] } : one))
      expect(place(given, newestFor(who, given))).toBeLessThanOrEqual(place(all, newestFor(who, all)))
    }),
  )
})

const highest = (one: Label, other: Label): Label => (dominates(other, one) ? other : one)

test('in somebody’s hands a version counts as its label, and never above what they are cleared for', () => {
  fc.assert(
    fc.property(reader, version, (who, one) => {
      const counted = counts(who, one)
      expect(dominates(who.clearance, counted)).toBe(true)
      expect(dominates(one.label, counted)).toBe(true)
      if (dominates(who.clearance, one.label)) expect(dominates(counted, one.label)).toBe(true)
    }),
  )
})
