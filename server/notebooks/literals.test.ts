import { expect, test } from 'vitest'
import { named } from './literals.ts'

test.each([
  ['read by its name', 'tables.read("planes")', true],
  ['in single quotes', "tables.read('planes', limit=1)", true],
  ['in SQL', 'mo.sql(f"""\n  SELECT *\n  FROM planes\n  JOIN x USING (id)""")', true],
  ['at the end of SQL', 'tables.sql("SELECT 1 FROM planes;")', true],
  ['at the end of a sentence', '"the table planes."', true],
  ['quoted in SQL', '\'SELECT 1 FROM "planes"\'', true],
  ['after one that only contains it', '"my_planes and planes"', true],
  ['a part of another name', 'tables.read("planes_2024")', false],
  ['a part of a longer path', 'tables.read("00000001.planes")', false],
  ['of a column of another table', '"planes.id"', false],
  ['put together', 'tables.read("pla" + "nes")', false],
  ['in a comment', '# planes\n', false],
  ['as a variable', 'planes = 1', false],
  ['backwards', '"senalp"[::-1]', false],
  ['in what no Python reads', '"planes', false],
])('%s', (_, source, stands) => {
  expect(named(source, 'planes')).toBe(stands)
})

test('a name with a dot is one name', () => {
  expect(named('tables.read("00000001.copy")', '00000001.copy')).toBe(true)
  expect(named('tables.read("00000001xcopy")', '00000001.copy')).toBe(false)
})
