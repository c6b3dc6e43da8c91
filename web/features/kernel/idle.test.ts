import { expect, test } from 'vitest'
import { KERNEL } from '#protocol/limits.ts'
import { idleSoon, idleStop } from './idle.ts'

const idle = (since: number | null) => ({ memory: 1, cpu: 0, busy: since === null, idleSince: since })

test('an idle kernel stops after the limit of its mode, a busy one does not', () => {
  expect(idleStop(idle(1000), 'edit')).toBe(1000 + KERNEL.idleEdit)
  expect(idleStop(idle(1000), 'run')).toBe(1000 + KERNEL.idleRun)
  expect(idleStop(idle(null), 'edit')).toBeNull()
})

test('the stop is said in the last minutes only, and use takes it back', () => {
  const near = KERNEL.idleEdit - KERNEL.idleWarning
  expect(idleSoon(idle(0), 'edit', near - 1)).toBeNull()
  expect(idleSoon(idle(0), 'edit', near)).toBe(KERNEL.idleEdit)
  expect(idleSoon(idle(near), 'edit', near + 1)).toBeNull()
  expect(idleSoon(idle(null), 'edit', near)).toBeNull()
})
