import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChainedRow, canonical, chained, follows, GENESIS, type Link } from './chain.ts'

type Said = { readonly at: number; readonly entry: string }
const said: fc.Arbitrary<Said> = fc.record({ at: fc.nat(), entry: fc.json({ maxDepth: 1 }) })
const story = fc.array(said, { minLength: 2, maxLength: 8 })

function chain(all: readonly Said[]): readonly ChainedRow[] {
  let last: Link = GENESIS
  return all.map(({ at, entry }) => {
    const row = chained(last, at, entry)
    last = row
    return row
  })
}

/** How many rows follow one another from the beginning. */
function sound(rows: readonly ChainedRow[]): number {
  const broken = rows.findIndex((row, index) => !follows(rows[index - 1] ?? GENESIS, row))
  return broken === -1 ? rows.length : broken
}

test('what was chained follows, counted from one', () => {
  fc.assert(
    fc.property(story, (all) => {
      const rows = chain(all)
      expect(rows.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1))
      expect(sound(rows)).toBe(rows.length)
    }),
  )
})

const FIELDS = ['seq', 'at', 'previous', 'hash', 'entry'] as const
const other = (value: string | number, hint: number): string | number =>
  typeof value === 'number' ? value + hint : value.slice(0, hint % (value.length + 1)) + (value[0] === 'x' ? 'y' : 'x') + value

test('an edit of any field of any row is found at that row', () => {
  const edit = fc.record({ at: fc.nat(), field: fc.constantFrom(...FIELDS), hint: fc.integer({ min: 1, max: 1000 }) })
  fc.assert(
    fc.property(story, edit, (all, { at, field, hint }) => {
      const rows = chain(all)
      const index = at % rows.length
      const edited = rows.map((row, place) => (place === index ? { ...row, [field]: other(row[field], hint) } : row))
      expect(sound(edited)).toBe(index)
    }),
  )
})

test('an edit with a hash that fits it breaks the row after it, and the link that was kept', () => {
  fc.assert(
    fc.property(story, fc.nat(), (all, at) => {
      const rows = chain(all)
      const index = at % (rows.length - 1)
      const before: Link = rows[index - 1] ?? GENESIS
      const forged = chained(before, rows[index]?.at ?? 0, '"forged"')
      const edited = rows.map((row, place) => (place === index ? forged : row))
      expect(sound(edited)).toBe(rows[index]?.entry === '"forged"' ? rows.length : index + 1)
      const remade = chain(all.map((one, place) => (place === index ? { ...one, entry: '"forged"' } : one)))
      expect(remade.at(-1)?.hash === rows.at(-1)?.hash).toBe(rows[index]?.entry === '"forged"')
    }),
  )
})

test('a row that is gone from between, or has changed places, is found', () => {
  fc.assert(
    fc.property(story, fc.nat(), (all, at) => {
      const rows = chain(all)
      const index = at % (rows.length - 1)
      expect(sound(rows.filter((_, place) => place !== index))).toBe(index)
      const swapped = rows.map((row, place) => ({ ...(rows[place === index ? index + 1 : place - 1] ?? row), seq: row.seq }))
      expect(sound([...rows.slice(0, index), ...swapped.slice(index, index + 2), ...rows.slice(index + 2)])).toBe(index)
    }),
  )
})

test('one value has one text, whatever the order of its keys', () => {
  expect(canonical({ b: [{ d: 1, c: 'é' }], a: null })).toBe('{"a":null,"b":[{"c":"é","d":1}]}')
  expect(canonical({ a: null, b: [{ c: 'é', d: 1 }] })).toBe(canonical({ b: [{ d: 1, c: 'é' }], a: null }))
})

test('the encoding stays as it is: chains that were written must still be read', () => {
  expect(chained(GENESIS, 1000, '{"kind":"table-added"}').hash).toBe(
    'ea0755cd4b0d7dfec283efdf9cf309c44bc3d2f1a8c92f28608ce24aaf9e1607',
  )
})
