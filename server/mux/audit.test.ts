import { expect, test } from 'vitest'
import { ErrorId } from '#protocol/ids.ts'
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

test('the end of a channel has an id where the person reads of it, and that id stands in the log', () => {
  const clock = new TestClock()
  const lines: object[] = []
  const audit = new Audit({ info: (line: object) => void lines.push(line) } as never, clock)
  const about = { person: 'p_loud00000', kernel: 'k_loud00000' }
  const id = audit.closed('revoked', about)
  expect(ErrorId.safeParse(id).success).toBe(true)
  expect(lines).toEqual([{ audit: 'channel closed', id, reason: 'revoked', ...about }])
  for (const reason of ['goingAway', 'overrun', 'moved', 'unauthenticated'] as const)
    expect(audit.closed(reason, about)).toBeUndefined()
  expect(lines).toHaveLength(1)
  const ids = Array.from({ length: 100 }, () => audit.closed('kernelGone', about)).filter((each) => each !== undefined)
  expect([lines.length, ids.length]).toEqual([AUDIT.lines, AUDIT.lines - 1])
  audit.refused({ person: 'p_loud00000', code: 'unknown-command' }) // counted by themselves
  expect(lines).toHaveLength(AUDIT.lines + 1)
  clock.pass(AUDIT.within)
  expect(lines.at(-1)).toEqual({ audit: 'more channels closed', person: 'p_loud00000', count: 101 - AUDIT.lines })
})
