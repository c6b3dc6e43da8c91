import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RING, WIRE } from '#protocol/limits.ts'
import { RingBudget } from './budget.ts'
import { Ring } from './ring.ts'

const bytes = (value: number, size = 4) => Buffer.alloc(size, value)

describe('ring', () => {
  it('knows what it can no longer continue', () => {
    const ring = new Ring()
    for (let n = 1; n <= 5; n += 1) ring.push('text', bytes(n, 10))
    ring.trim(2 * (10 + RING.entry))
    expect(ring.tail).toBe(4)
    expect(ring.canResume({ stream: ring.stream, received: 3 })).toBe(true)
    expect(ring.canResume({ stream: ring.stream, received: 2 })).toBe(false)
    expect(ring.canResume({ stream: ring.stream, received: 5 })).toBe(true)
    expect(ring.canResume({ stream: ring.stream, received: 6 })).toBe(false)
    expect(ring.canResume({ stream: new Ring().stream, received: 4 })).toBe(false)
  })

  it('overwrites what it forgets on purpose', () => {
    const ring = new Ring()
    const secret = bytes(7)
    ring.push('text', secret)
    ring.wipe()
    expect([...secret]).toEqual([0, 0, 0, 0])
    expect(ring.bytes).toBe(0)
    expect(ring.next).toBe(2)
  })

  it('charges for messages that say nothing, and keeps of what a socket read with a small one no more than itself', () => {
    const ring = new Ring()
    const read = Buffer.alloc(64 * 1024)
    for (let n = 0; n < 100_000; n += 1) ring.push('text', read.subarray(0, n % 2))
    ring.trim(RING.kernel)
    expect(ring.length).toBe(Math.floor((2 * RING.kernel) / (2 * RING.entry + 1)))
    expect(ring.at(ring.next - 1)?.payload.buffer).not.toBe(read.buffer)
  })

  it('any order of push, loss, acknowledgement and reattach: no gap, no duplicate, or a refusal to resume', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('push' as const), size: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ do: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ do: fc.constant('acknowledge' as const) }),
      fc.record({ do: fc.constant('reattach' as const) }),
      fc.record({ do: fc.constant('trim' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let total = 0
        const ring = new Ring((delta) => {
          total += delta
        })
        let received = 0 // what the client has whole
        let attached = true
        for (const item of steps) {
          if (item.do === 'push') ring.push('text', bytes(ring.next % 256, item.size))
          if (item.do === 'deliver' && attached)
            for (let n = 0; n < item.count && received + 1 < ring.next; n += 1) {
              const entry = ring.at(received + 1)
              expect(entry?.sequence).toBe(received + 1)
              expect(entry?.payload.every((byte) => byte === (received + 1) % 256)).toBe(true)
              received += 1
            }
          if (item.do === 'acknowledge') ring.acknowledge(received)
          if (item.do === 'trim') {
            ring.trim(3 * RING.entry)
            if (ring.tail > received + 1) attached = false
          }
          if (item.do === 'reattach') attached = ring.canResume({ stream: ring.stream, received })
          expect(attached || ring.tail > received + 1).toBe(true)
          expect(total).toBe(ring.bytes)
        }
        let kept = 0
        for (let at = ring.tail; at < ring.next; at += 1) kept += (ring.at(at)?.payload.byteLength ?? Number.NaN) + RING.entry
        expect(kept).toBe(ring.bytes)
      }),
    )
  })
})

describe('budget', () => {
  function holder(budget: RingBudget, detachedSince: number | null, owner = 'p_one000000') {
    const it = {
      ring: new Ring(budget.charge),
      owner,
      detachedSince,
      overruns: 0,
      overrun: () => {
        it.overruns += 1
      },
    }
    budget.add(it)
    return it
  }

  it('empties the ring whose client has been away longest, and an attached one last', () => {
    const budget = new RingBudget(100 + 2 * RING.entry)
    const attached = holder(budget, null)
    const old = holder(budget, 1)
    const recent = holder(budget, 2)
    for (const it of [attached, old, recent]) it.ring.push('text', bytes(1, 40))
    budget.enforce()
    expect([attached, old, recent].map((it) => it.ring.length)).toEqual([1, 0, 1])
    expect(old.overruns).toBe(1)
    recent.ring.push('text', bytes(1, 90))
    budget.enforce()
    expect([attached, recent].map((it) => it.ring.length)).toEqual([1, 0])
    attached.ring.push('text', bytes(1, 90))
    budget.enforce()
    expect(attached.overruns).toBe(1)
    expect(budget.total).toBe(0)
  })

  it('takes from the person who has most, not from who has been away longest', () => {
    const budget = new RingBudget(1000 + 4 * RING.entry)
    const innocent = holder(budget, 1)
    const reading = holder(budget, null, 'p_loud00000')
    const left = holder(budget, 2, 'p_loud00000')
    innocent.ring.push('text', bytes(1, 400))
    for (const it of [reading, left]) it.ring.push('text', bytes(1, 300))
    budget.enforce()
    expect([innocent, reading, left].map((it) => it.ring.length)).toEqual([1, 1, 1])
    reading.ring.push('text', bytes(1, 1))
    budget.enforce()
    expect([innocent, reading, left].map((it) => it.ring.length)).toEqual([1, 2, 0])
    reading.ring.push('text', bytes(1, 700))
    budget.enforce()
    expect([innocent, reading, left].map((it) => it.ring.length)).toEqual([1, 0, 0])
    expect([innocent, reading, left].map((it) => it.overruns)).toEqual([0, 1, 1])
  })

  it('cuts a ring above its own bound before it empties any', () => {
    const budget = new RingBudget(2 * RING.kernel)
    const others = [holder(budget, 1, 'p_two000000'), holder(budget, 2, 'p_two000000')]
    const over = holder(budget, null)
    for (const it of others) for (let n = 0; n < 6; n += 1) it.ring.push('text', bytes(1, RING.kernel / 10))
    for (let n = 0; n < 3; n += 1) over.ring.push('response', bytes(1, RING.kernel / 2))
    budget.enforce()
    expect(others.map((it) => it.ring.length)).toEqual([6, 6])
    expect([over.ring.length, over.overruns]).toEqual([1, 1])
  })

  it('leaves room in a ring for all that a client which reads has not acknowledged yet', () => {
    expect((WIRE.window / 4 / WIRE.frameCost) * RING.entry).toBeLessThan(RING.kernel)
  })
})
