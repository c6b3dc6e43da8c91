import { kernelsContract } from '../../seams/kernels.contract.ts'
import { memoryKernels } from './memory.ts'
import { noKernels } from './none.ts'

kernelsContract(true, async () => ({ kernels: memoryKernels(Date.now), close: async () => {} }))
kernelsContract(false, async () => ({ kernels: noKernels, close: async () => {} }))
