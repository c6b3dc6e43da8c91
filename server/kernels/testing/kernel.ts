// Kernels as the runner speaks of them, for tests: one says only what it is about.
import type { KernelSpec, KernelState } from '#protocol/runner.ts'

type Of = Pick<KernelSpec, 'id' | 'person'> & Partial<KernelSpec>

const limits = { memory: 1, processes: 1, cpuShare: 1, files: 1, scratch: 1, output: 1 }

export const specOf = (of: Of): KernelSpec => ({
  notebook: 'n_00000001',
  mode: 'edit',
  autorun: false,
  theme: 'light',
  limits,
  ...of,
})

/** `data`: its door to the data plane; null: kernels are not isolated. */
export const readyKernel = (of: Of, data: string | null): KernelState => ({
  spec: specOf(of),
  phase: { phase: 'ready', level: 3 },
  usage: null,
  attached: null,
  detachedSince: null,
  startedAt: 0,
  data,
})
