import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LEASE } from '#protocol/limits.ts'
import { FREE, type Lease, type LeaseEffect, type LeaseEvent, step } from './lease.ts'

const [A, B, C] = ['p_0000000a', 'p_0000000b', 'p_0000000c'] as const

/** Runs events at times; answers the lease and everything that was said. */
function play(...events: readonly (readonly [number, LeaseEvent])[]): { lease: Lease; said: LeaseEffect[] } {
  let lease = FREE
  const said: LeaseEffect[] = []
  for (const [now, event] of events) {
    const [next, effects] = step(lease, event, now)
    lease = next
    said.push(...effects)
  }
  return { lease, said }
}
const open = (person: string): LeaseEvent => ({ type: 'open', person })
const ask = (person: string): LeaseEvent => ({ type: 'ask', person })
const sign = (person: string): LeaseEvent => ({ type: 'sign', person })
const answer = (person: string, give: boolean): LeaseEvent => ({ type: 'answer', person, give })
const tick: LeaseEvent = { type: 'tick' }

describe('the editing lease', () => {
  test('the first to open holds it; the second reads', () => {
    const { lease, said } = play([0, open(A)], [1, open(B)])
    expect(lease).toMatchObject({ type: 'held', holder: A })
    expect(said).toEqual([
      { type: 'holder', person: A },
      { type: 'refused', why: 'held' },
    ])
  })

  test('asked and given', () => {
    const { lease, said } = play([0, open(A)], [1, ask(B)], [2, answer(A, true)])
    expect(lease).toMatchObject({ type: 'held', holder: B })
    expect(said).toContainEqual({ type: 'asked', holder: A, by: B, answerBy: 1 + LEASE.ask })
    expect(said.slice(-3)).toEqual([
      { type: 'lost', from: A, to: B },
      { type: 'granted', to: B },
      { type: 'holder', person: B },
    ])
  })

  test('asked and kept', () => {
    const { lease, said } = play([0, open(A)], [1, ask(B)], [2, answer(A, false)])
    expect(lease).toMatchObject({ type: 'held', holder: A })
    expect(said.at(-1)).toEqual({ type: 'kept', asker: B })
  })

  test('no answer in 15 s is yes, not a moment earlier', () => {
    const asked = [
      [0, open(A)],
      [1, ask(B)],
    ] as const
    expect(play(...asked, [LEASE.ask, tick]).lease).toMatchObject({ holder: A })
    expect(play(...asked, [LEASE.ask + 1, tick]).lease).toMatchObject({ type: 'held', holder: B })
  })

  test('30 s of silence frees it; a sign of life holds it', () => {
    expect(play([0, open(A)], [LEASE.silence - 1, tick]).lease).toMatchObject({ holder: A })
    expect(play([0, open(A)], [LEASE.silence, tick]).lease).toEqual(FREE)
    expect(play([0, open(A)], [LEASE.silence, open(B)]).lease).toMatchObject({ holder: B })
    expect(play([0, open(A)], [20_000, sign(A)], [LEASE.silence, open(B)]).lease).toMatchObject({ holder: A })
  })

  test('who was away takes a free lease back, and loses a taken one', () => {
    expect(play([0, open(A)], [60_000, sign(A)]).lease).toMatchObject({ holder: A })
    const { lease, said } = play([0, open(A)], [60_000, open(B)], [60_001, sign(A)])
    expect(lease).toMatchObject({ holder: B })
    expect(said.at(-1)).toEqual({ type: 'refused', why: 'held' })
  })

  test.each([
    [
      'a second asker waits',
      [
        [0, open(A)],
        [1, ask(B)],
        [2, ask(C)],
      ],
      'already-asked',
    ],
    ['asking for a free one', [[0, ask(B)]], 'nobody-editing'],
    [
      'the holder asks',
      [
        [0, open(A)],
        [1, ask(A)],
      ],
      'nobody-editing',
    ],
    [
      'an answer nobody waits for',
      [
        [0, open(A)],
        [1, answer(A, true)],
      ],
      'not-asked',
    ],
    [
      'an answer by somebody else',
      [
        [0, open(A)],
        [1, ask(B)],
        [2, answer(C, true)],
      ],
      'not-asked',
    ],
  ] as [string, [number, LeaseEvent][], string][])('%s', (_, events, why) => {
    expect(play(...events).said.at(-1)).toEqual({ type: 'refused', why })
  })

  test('a holder who leaves gives it to who asked', () => {
    expect(play([0, open(A)], [1, ask(B)], [2, { type: 'release', person: A }]).lease).toMatchObject({ holder: B })
    expect(play([0, open(A)], [2, { type: 'release', person: A }]).lease).toEqual(FREE)
    expect(play([0, open(A)], [2, { type: 'release', person: B }]).lease).toMatchObject({ holder: A })
  })
})

const person = fc.constantFrom(A, B, C)
const event: fc.Arbitrary<LeaseEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom('open', 'sign', 'ask', 'release'), person }) as fc.Arbitrary<LeaseEvent>,
  fc.record({ type: fc.constant('answer' as const), person, give: fc.boolean() }),
  fc.constant(tick),
)
const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), event), { maxLength: 60 })

test('whatever happens: what people were told is who holds it, nobody keeps it silent against an asker, none loses it unasked', () => {
  fc.assert(
    fc.property(history, (steps) => {
      let lease = FREE
      let told: string | null = null
      let now = 0
      for (const [wait, what] of steps) {
        now += wait
        const before = lease
        const [after, effects] = step(lease, what, now)
        for (const effect of effects) if (effect.type === 'holder') told = effect.person
        lease = after
        expect(told).toBe(lease.type === 'free' ? null : lease.holder)
        if (lease.type === 'asked') expect(now < lease.answerBy && now - lease.sign < LEASE.silence).toBe(true)
        const lost = before.type === 'held' && now - before.sign < LEASE.silence && what.type !== 'release'
        if (lost) expect(lease.type !== 'free' && lease.holder).toBe(before.holder)
      }
    }),
    { numRuns: 1000 },
  )
})
