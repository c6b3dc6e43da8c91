// The operator's models and the owner's, side by side: whose is meant by a name, which one is asked, and what may become a model.
import { describe, expect, test } from 'vitest'
import { INFERENCE } from '#protocol/limits.ts'
import type { DeployedModel } from '#protocol/policy/deployed.ts'
import type { Versioned } from '../seams/governance.ts'
import type { Batch, Deployed, Inference } from '../seams/inference.ts'
import { makeDeploying } from './deploying.ts'
import { makeOffers } from './offers.ts'

const label = { level: 'internal', markings: [] } as const
const inputs = [{ name: 'x', type: 'real' }] as const
const tensor = (name: string) => ({ name, type: 'real', width: 1 }) as const
const DIGEST = 'a'.repeat(64)
const file = { digest: DIGEST, bytes: 65, takes: [tensor('x')], makes: [tensor('y')] }
const rules = { description: '', label, inputs, open: 'editors', to: [] } as const
const mine = (name: string): Versioned<DeployedModel> => {
  return { value: { name, rules, file }, version: 1, by: 'p_00000001', at: 1, reason: 'x' }
}
const theirs = (name: string): Deployed => ({ name, description: '', label, readers: true, inputs })

function made(owners: readonly string[], operators: readonly string[]) {
  const asked: Batch[] = []
  const inference: Inference = {
    list: async () => operators.map(theirs),
    predict: async (batch) => {
      asked.push(batch)
      return { ok: false, why: 'busy' }
    },
    forget: () => {},
    close: () => {},
  }
  const governance = { deployed: async () => owners.map(mine) }
  const offers = makeOffers({ inference, uploads: null }, governance)
  if (offers === null) throw new Error('no offers')
  return { asked, offers, deploying: makeDeploying({ offers, uploads: null, governance }) }
}

describe('models of one name', () => {
  test('the owner’s is meant; the operator’s are granted to the workspace as they are described', async () => {
    const { offers } = made(['both', 'mine'], ['both', 'theirs'])
    const all = await offers.all()
    expect(all.map(({ name, open, to, file }) => [name, open, to.length, file?.digest])).toEqual([
      ['both', 'editors', 0, DIGEST],
      ['mine', 'editors', 0, DIGEST],
      ['theirs', 'readers', 1, undefined],
    ])
  })

  test('what was decided of the owner’s is never asked of the operator’s', async () => {
    const { offers, asked } = made(['both'], ['both', 'theirs'])
    const [both, operators] = await offers.all()
    if (!both || !operators) throw new Error('two')
    expect(await offers.predict(both, 'k_1', [])).toEqual({ ok: false, why: 'unknown' }) // its file is nowhere here
    expect(asked).toEqual([])
    expect(await offers.predict(operators, 'k_1', [])).toEqual({ ok: false, why: 'busy' })
    expect(asked).toEqual([{ whose: 'k_1', model: 'theirs', columns: [] }])
  })
})

describe('a model to be', () => {
  const code = (name: string, { deploying }: ReturnType<typeof made>) =>
    deploying.judge({ name, rules, file: DIGEST }).then(
      () => 'yes',
      (error: { code?: string }) => error.code,
    )

  test('has no name of the operator’s; an owner’s that was there first may be edited', async () => {
    expect(await code('theirs', made([], ['theirs']))).toBe('model-of-operator')
    expect(await code('both', made(['both'], ['both']))).toBe('yes')
  })

  test('is not one more than there may be; those that there are may be edited', async () => {
    const names = Array.from({ length: INFERENCE.models }, (_, n) => `m${n}`)
    expect(await code('more', made(names, []))).toBe('too-many-models')
    expect(await code('m0', made(names, []))).toBe('yes')
  })
})
