import { describe, expect, test } from 'vitest'
import { KERNEL } from '#protocol/limits.ts'
import type { Role } from '#protocol/roles.ts'
import type { KernelState, Phase } from '#protocol/runner.ts'
import { judge } from './idle.ts'

const MINUTE = 60_000
const LIMITS = { memory: 1, processes: 1, cpuShare: 1, files: 1, scratch: 1, output: 1 }

type Given = {
  mode?: Role
  busy?: boolean
  idleSince?: number | null
  detachedSince?: number | null
  phase?: Phase
  startedAt?: number
}
const kernel = ({
  mode = 'edit',
  busy = false,
  idleSince = 0,
  detachedSince = null,
  phase,
  startedAt = 0,
}: Given): KernelState => ({
  spec: { id: 'k_00000001', person: 'p_00000001', notebook: 'n_00000001', mode, autorun: false, theme: 'light', limits: LIMITS },
  phase: phase ?? { phase: 'ready', level: 3 },
  usage: { memory: 0, cpu: 0, busy, idleSince: busy ? null : idleSince },
  attached: detachedSince === null ? 't_00000001' : null,
  detachedSince,
  startedAt,
  data: null,
})

describe('when a kernel that nobody uses ends', () => {
  test.each([
    ['an editor’s, idle under an hour', { mode: 'edit' }, 55 * MINUTE - 1, { type: 'keep' }],
    ['five minutes before', { mode: 'edit' }, 55 * MINUTE, { type: 'warn', stopsAt: 60 * MINUTE }],
    ['an hour', { mode: 'edit' }, 60 * MINUTE, { type: 'stop', cause: 'idle' }],
    ['a reader’s, five minutes before', { mode: 'run' }, 5 * MINUTE, { type: 'warn', stopsAt: 10 * MINUTE }],
    ['a reader’s, ten minutes', { mode: 'run' }, 10 * MINUTE, { type: 'stop', cause: 'idle' }],
    ['busy counts as use', { busy: true }, 600 * MINUTE, { type: 'keep' }],
    ['never used: from its start', { startedAt: 30 * MINUTE }, 89 * MINUTE, { type: 'warn', stopsAt: 90 * MINUTE }],
    ['busy and unattended, under four hours', { busy: true, detachedSince: 0 }, KERNEL.unattendedRun - 1, { type: 'keep' }],
    [
      'busy and unattended, four hours',
      { busy: true, detachedSince: 0 },
      KERNEL.unattendedRun,
      { type: 'stop', cause: 'unattended' },
    ],
    ['a reader’s view closed for 59 s', { mode: 'run', busy: true, detachedSince: 0 }, 59_999, { type: 'keep' }],
    [
      'a reader’s view closed for 60 s',
      { mode: 'run', busy: true, detachedSince: 0 },
      60_000,
      { type: 'stop', cause: 'unattended' },
    ],
    ['still starting', { phase: { phase: 'starting', step: 'python' } }, 600 * MINUTE, { type: 'keep' }],
    ['gone already', { phase: { phase: 'exited', cause: 'idle', message: '' } }, 600 * MINUTE, { type: 'keep' }],
  ] as [string, Given, number, object][])('%s', (_, given, now, verdict) => {
    expect(judge(kernel(given), now)).toEqual(verdict)
  })
})
