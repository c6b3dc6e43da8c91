// No runner: every call says so.
import type { Kernels } from '../../seams/kernels.ts'

export const noKernels: Kernels = {
  info: () => null,
  packages: async () => null,
  list: () => [],
  get: () => null,
  find: () => null,
  start: async () => ({ type: 'absent' }),
  stop: async () => {},
  subscribe: () => () => {},
}
