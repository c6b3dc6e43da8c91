// What every implementation of the kernels seam must do towards its callers.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KernelSpec } from '#protocol/runner.ts'
import type { KernelEvent, Kernels } from './kernels.ts'

const LIMITS = { memory: 2 ** 31, processes: 64, cpuShare: 1, files: 256, scratch: 2 ** 20, output: 2 ** 20 }
const spec = (over: Partial<KernelSpec> = {}): KernelSpec => {
  const base = { id: 'k_00000001', person: 'p_00000001', notebook: 'n_00000001', autorun: false, theme: 'light' } as const
  return { ...base, mode: 'edit', limits: LIMITS, ...over }
}
const SOURCE = 'import marimo\n\napp = marimo.App()\n'

/** Where `accepts` is false (no runner), a start must say so and leave nothing behind. */
export function kernelsContract(accepts: boolean, open: () => Promise<{ kernels: Kernels; close: () => Promise<void> }>): void {
  describe('kernels', () => {
    let opened: Awaited<ReturnType<typeof open>>
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    test('what does not exist is not found, and stopping it is no error', async () => {
      const { kernels } = opened
      expect(kernels.get('k_99999999')).toBeNull()
      expect(kernels.find(spec())).toBeNull()
      await kernels.stop('k_99999999', 'stopped')
    })

    test('a start is found again under exactly its person, notebook and mode', async () => {
      const { kernels } = opened
      const started = await kernels.start(spec(), SOURCE)
      expect(started.type).toBe(accepts ? 'started' : 'absent')
      expect(kernels.find(spec())?.spec ?? null).toEqual(accepts ? spec() : null)
      expect(kernels.find(spec({ mode: 'run' }))).toBeNull()
      expect(kernels.find(spec({ person: 'p_00000002' }))).toBeNull()
      expect(kernels.list()).toHaveLength(accepts ? 1 : 0)
    })

    if (!accepts) return
    test('a preview is found by its profile, and is no other reader’s kernel', async () => {
      const { kernels } = opened
      const preview = { clearance: { level: 'internal', markings: [] }, groups: ['staff'] } as const
      const [reads, shows] = [spec({ mode: 'run' }), spec({ id: 'k_00000002', mode: 'run', preview })]
      await kernels.start(shows, SOURCE)
      expect(kernels.find(reads)).toBeNull()
      await kernels.start(reads, SOURCE)
      expect([kernels.find(reads)?.spec, kernels.find(shows)?.spec]).toEqual([reads, shows])
      expect(kernels.find({ ...shows, preview: { ...preview, groups: [] } })).toBeNull()
    })

    test('a stop ends as a phase with its cause, said to listeners; the state stays findable', async () => {
      const { kernels } = opened
      const exited = new Promise<KernelEvent>((resolve) => {
        kernels.subscribe((event) => event.state.phase.phase === 'exited' && resolve(event))
      })
      await kernels.start(spec(), SOURCE)
      await kernels.stop('k_00000001', 'idle')
      expect((await exited).state.phase).toMatchObject({ phase: 'exited', cause: 'idle' })
      expect(kernels.get('k_00000001')?.phase).toMatchObject({ phase: 'exited', cause: 'idle' })
      await kernels.stop('k_00000001', 'stopped')
      expect(kernels.get('k_00000001')?.phase).toMatchObject({ cause: 'idle' })
    })
  })
}
