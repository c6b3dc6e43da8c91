// The size rules catch what they forbid, and let a test be as long as its story.
import { expect, test } from 'vitest'
import { judge } from './lib/sizes.mjs'

const lines = (count: number, line: string) => Array.from({ length: count }, () => line).join('\n')
const only = (path: string, text: string) => judge([{ path, text }]).filter((said: string) => !said.startsWith('the median'))

test.each([
  ['a file', 'server/a.ts', `${lines(401, '//')}\n`, ['server/a.ts: a file of 401 lines (at most 400)']],
  ['a style sheet', 'web/a.css', `${lines(401, '')}\n`, ['web/a.css: a file of 401 lines (at most 400)']],
  [
    'a component, for its markup',
    'web/A.tsx',
    `\nexport function A() {\n  return (\n    <p>\n${lines(46, '      words')}\n    </p>\n  )\n}\n`,
    ['web/A.tsx:2: a function of 52 lines (at most 50)'],
  ],
  [
    'a function inside another',
    'server/a.ts',
    `const a = () => {\n  const b = () => {\n${lines(49, '    f()')}\n  }\n}`,
    ['server/a.ts:1: a function of 53 lines (at most 50)', 'server/a.ts:2: a function of 51 lines (at most 50)'],
  ],
  [
    'a helper among tests',
    'web/a.test.ts',
    `describe('x', () => {\n  function world() {\n${lines(49, '')}\n  }\n})`,
    ['web/a.test.ts:2: a function of 51 lines (at most 50)'],
  ],
  [
    'what only calls itself a test',
    'web/a.ts',
    `it('x', () => {\n${lines(49, '')}\n})`,
    ['web/a.ts:1: a function of 51 lines (at most 50)'],
  ],
])('%s is too long', (_, path, text, said) => {
  expect(only(path, text)).toEqual(said)
})

test.each([
  ['a file', 'server/a.ts', `${lines(400, '//')}\n`],
  ['a function', 'server/a.ts', `function a() {\n${lines(48, '')}\n}`],
  ['a test', 'e2e/a.spec.ts', `test('x', async () => {\n${lines(60, '')}\n})`],
  [
    'a table of tests',
    'web/a.test.ts',
    `describe.skipIf(no)('x', () => {\n  it.each([1])('y', () => {\n${lines(60, '')}\n  })\n})`,
  ],
  ['a contract', 'server/a.contract.ts', `export function contract() {\n  describe('x', () => {\n${lines(60, '')}\n  })\n}`],
])('%s is not', (_, path, text) => {
  expect(only(path, text)).toEqual([])
})

test('the middle is judged too', () => {
  const file = (count: number) => ({ path: 'web/a.css', text: lines(count + 1, '') })
  expect(judge([file(149), file(149), file(300)])).toEqual([])
  expect(judge([file(149), file(150), file(300)])).toEqual(['the median file has 150 lines (under 150)'])
  const helper = (count: number) => ({ path: 'web/a.ts', text: `function a() {\n${lines(count - 2, '')}\n}` })
  expect(judge([helper(11)])).toEqual([])
  expect(judge([helper(12)])).toEqual(['the median function has 12 lines (under 12)'])
})
