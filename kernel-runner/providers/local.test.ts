import fs from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { localProvider, prepared, temporaryRoot } from '../testing/local.ts'
import { providerContract } from './provider.contract.ts'

const root = temporaryRoot()
afterAll(() => fs.rmSync(root, { recursive: true }))

// `npm start` makes the environment; without it there is no real kernel to test.
if (prepared) providerContract('local', () => localProvider(root))
else it.skip('local provider: the Python environment is not set up', () => expect(prepared).toBe(true))
