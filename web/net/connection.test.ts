import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOSE, CLOSE_NAMES } from '#protocol/close.ts'
import { BACKOFF, backoff, type Connection, type ConnectionEvent, step } from './connection.ts'

const run = (events: readonly ConnectionEvent[], from: Connection = { at: 'stopped' }) =>
  events.reduce<{ now: Connection; effects: string[] }>(
    ({ now, effects }, event) => {
      const [next, made] = step(now, event, 0.5)
      return { now: next, effects: [...effects, ...made.map((effect) => effect.type)] }
    },
    { now: from, effects: [] },
  )
const lost = { type: 'ended', reason: 'lost' } as const

describe('the connection', () => {
  it('comes back at once after a drop, then waits twice as long each time', () => {
    const { now, effects } = run([{ type: 'start' }, { type: 'welcome' }, lost, lost, { type: 'elapsed' }, lost])
    expect(effects).toEqual(['dial', 'dial', 'wait', 'dial', 'wait'])
    expect(now).toEqual({ at: 'waiting', attempt: 2, delay: 375 })
  })

  it('does what each close code says', () => {
    const after = Object.fromEntries(
      CLOSE_NAMES.map((reason) => [reason, step({ at: 'open' }, { type: 'ended', reason }, 0)[0].at] as const),
    )
    for (const name of CLOSE_NAMES) {
      const next = CLOSE[name].next
      const expected = next === 'retry' || next === 'reopen' ? 'connecting' : next === 'signIn' ? 'signedOut' : 'gaveUp'
      expect([name, after[name]]).toEqual([name, expected])
    }
  })

  it('never waits longer than its bound, and always at least half of the doubled time', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const full = Math.min(BACKOFF.most, BACKOFF.first * 2 ** Math.max(0, attempt - 1))
        const delay = backoff(attempt, chance)
        expect(delay).toBeLessThanOrEqual(BACKOFF.most)
        if (attempt > 0) expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2))
      }),
    )
  })

  it('stays where it ended until it is started again', () => {
    const ended: Connection[] = [{ at: 'signedOut' }, { at: 'stopped' }, { at: 'gaveUp', reason: 'badFrame' }]
    for (const from of ended) {
      expect(run([lost, { type: 'elapsed' }, { type: 'welcome' }, { type: 'noBearer' }], from)).toEqual({
        now: from,
        effects: [],
      })
      expect(run([{ type: 'start' }], from).effects).toEqual(['dial'])
    }
  })
})
