import fs from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { localProvider, prepared, temporaryRoot } from '../../testing/local.ts'
import { providerContract } from '../provider.contract.ts'

const root = prepared ? temporaryRoot() : ''
afterAll(() => fs.rmSync(root, { recursive: true, force: true }))

if (prepared) providerContract('local', () => localProvider(root))
else describe.skip('provider local', () => {})

describe.skipIf(!prepared)('provider local, beyond the contract', () => {
  it('looks again at what is installed when an operator has added to it', async () => {
    const own = temporaryRoot()
    const provider = localProvider(own)
    try {
      await provider.open()
      const before = provider.packages()
      fs.writeFileSync(path.join(own, 'changed'), '')
      await expect.poll(() => provider.packages() === before, { timeout: 30_000 }).toBe(false)
      expect(provider.packages()).toEqual(before)
    } finally {
      await provider.close()
      fs.rmSync(own, { recursive: true, force: true })
    }
  }, 60_000)
})
