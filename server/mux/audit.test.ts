import { expect, test } from 'vitest'
import { TestClock } from '#protocol/testing.ts'
import { AUDIT, Audit } from './audit.ts'

test('a flood of refusals is a bounded number of lines for each person, with the sum of the rest', () => {
  const clock = new TestClock()
  const lines: object[] = []
  const audit = new Audit({ info: (line: object) => void lines.push(line) } as never, clock)
  for (let n = 0; n < 100_000; n++) audit.refused({ person: 'p_loud00000', code: 'unknown-command' })
  audit.refused({ person: 'p_calm00000', code: 'unknown-command' })
  expect(lines).toHaveLength(AUDIT.lines + 1)
  clock.pass(AUDIT.within)
  expect(lines.slice(AUDIT.lines)).toEqual([
    { audit: 'command refused', person: 'p_calm00000', code: 'unknown-command' },
    { audit: 'more commands refused', person: 'p_loud00000', count: 100_000 - AUDIT.lines },
  ])
  audit.refused({ person: 'p_loud00000', code: 'again' })
  expect(lines.at(-1)).toMatchObject({ code: 'again' })
})
