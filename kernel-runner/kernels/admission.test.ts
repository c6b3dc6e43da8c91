import { describe, expect, it } from 'vitest'
import { KERNEL } from '#protocol/limits.ts'
import { START } from '../bounds.ts'
import { specOf } from '../testing/client.ts'
import { admit, type Host } from './admission.ts'

const GiB = 1024 ** 3
const roomy: Host = { available: 8 * GiB, level: 3, shared: false }
const mine = (n: number) => specOf(`mine${n}`)
const theirs = (n: number) => specOf(`theirs${n}`, { person: `p_other${n}000` })
const many = (count: number, make: (n: number) => ReturnType<typeof mine>) => Array.from({ length: count }, (_, n) => make(n))

describe('admission', () => {
  it.each([
    ['an empty machine', [], 0, roomy, null, ''],
    ['the same kernel again', [specOf('new')], 0, roomy, 'exists', ''],
    [
      'one too many of one person',
      many(KERNEL.perPerson, mine),
      0,
      roomy,
      'machine-full',
      '8 kernels running, which is the limit for one person',
    ],
    ['as many of others', many(KERNEL.perPerson, theirs), 0, roomy, null, ''],
    [
      'no memory, some are mine',
      [mine(1), theirs(1)],
      0,
      { ...roomy, available: GiB / 2 },
      'machine-full',
      '512 MB of memory is free and 1 GB must stay free. 2 kernels run, 1 of them yours. Shut one of yours down',
    ],
    [
      'no memory, none is mine',
      [theirs(1)],
      0,
      { ...roomy, available: GiB / 2 },
      'machine-full',
      'You wait until one of them has stopped',
    ],
    ['a long queue', [], START.waiting, roomy, 'machine-full', 'would wait behind them'],
    ['a second person below level 2', [theirs(1)], 0, { ...roomy, level: 1 }, 'single-person', 'only one person at a time'],
    ['the same person below level 2', [mine(1)], 0, { ...roomy, level: 0 }, null, ''],
    ['a second person, as the operator wishes', [theirs(1)], 0, { ...roomy, level: 0, shared: true }, null, ''],
    ['a second person at level 2', [theirs(1)], 0, { ...roomy, level: 2 }, null, ''],
  ] as const)('%s', (_name, alive, queued, host, code, words) => {
    const refusal = admit(specOf('new'), alive, queued, host)
    expect(refusal?.code ?? null).toBe(code)
    expect(refusal?.message ?? '').toContain(words)
  })
})
