import { expect, test } from 'vitest'
import { RELEASE } from '#protocol/limits.ts'
import { cost } from '../testing/cost.ts'
import { constantsOf } from './constants.ts'

const of = (...texts: string[]) => constantsOf(...texts).literals

test.each([
  ['strings as they stand there, with either quote', `x = 'a' + "b \\" c"`, [`'a'`, `"b \\" c"`]],
  ['a text of many lines', 'mo.md("""# One\n4711""")', ['"""# One\n4711"""']],
  ['after a prefix', `f"{x} of 12" + rb'\\x'`, ['"{x} of 12"', `'\\x'`]],
  ['numbers of every kind', 'a = 1, 1.5, .5, 1e-3, 0xFF, 1_000, 2j', ['1', '1.5', '.5', '1e-3', '0xFF', '1_000', '2j']],
  ['no part of a name', 'x1 = y_2 + ü3 + a.b', []],
  ['comments, and nothing in them by itself', `x = y # was 4711 'then'\n#\n`, [`# was 4711 'then'`]],
  ['each once, in order', 'f(2, 1, 2)', ['2', '1']],
  ['a string that ends with its line', `x = 'open\ny = 7`, [`'open`, '7']],
  ['a text that never ends, line by line', 'x = 1\ny = """open\n\n  4711 "z"', ['1', '"""open', '4711 "z"']],
])('%s', (_, source, expected) => {
  expect(of(source)).toEqual(expected)
})

test('of several texts', () => {
  expect(of('x = 1', '{"a": 2}')).toEqual(['1', '"a"', '2'])
})

test('so many, so long, and how many more', () => {
  const many = Array.from({ length: RELEASE.literals + 3 }, (_, n) => n).join(',')
  expect(constantsOf(many).more).toBe(3)
  expect(constantsOf(many).literals).toHaveLength(RELEASE.literals)
  const [long] = of(`"${'x'.repeat(1000)}"`)
  expect(long).toHaveLength(RELEASE.literal)
  expect(long).toMatch(/^"x+…$/)
})

test.each([['\\"""'], ['\'\'\'"""'], ['#'], ['1.'], ["'"], ['é']])('a source of nothing but %s takes a moment', (part) => {
  const source = part.repeat(Math.floor(2_000_000 / part.length))
  expect(cost(() => constantsOf(source))).toBeLessThan(5000)
})
