import { expect, test } from 'vitest'
import type { Phase } from '#protocol/runner.ts'
import { STEPS, stepAt } from './steps.ts'

const starting = (step: 'queued' | 'sandbox' | 'python' | 'notebook'): Phase => ({ phase: 'starting', step })

test('each phase of a kernel is a step of its own, in the order in which they come', () => {
  const phases = [
    null,
    starting('queued'),
    starting('sandbox'),
    starting('python'),
    starting('notebook'),
    { phase: 'ready' },
  ] as const
  expect(phases.map((phase) => stepAt(phase as Phase | null))).toEqual([0, 1, 2, 3, 4, 5])
  expect(STEPS).toHaveLength(phases.length)
})

test('every step has words, and says what may be the cause when it takes long', () => {
  for (const { label, slow } of STEPS) {
    expect(label).not.toBe('')
    expect(slow).toMatch(/\.$/)
  }
})
