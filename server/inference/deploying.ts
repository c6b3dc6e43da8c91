// What an owner may make a model of: a file that was taken in and takes what is said of it, under a name that is not the operator's.
import { INFERENCE } from '#protocol/limits.ts'
import type { DeployedModel, DeployedRules, ModelFile } from '#protocol/policy/deployed.ts'
import { refuse } from '../errors.ts'
import type { Governance } from '../seams/governance.ts'
import { unfit } from './fits.ts'
import type { Offers } from './offers.ts'
import type { Uploads } from './uploads.ts'

type Options = {
  readonly offers: Offers | null
  readonly uploads: Uploads | null
  readonly governance: Pick<Governance, 'deployed'>
}
export type Said = { readonly name: string; readonly rules: DeployedRules; readonly file: string }

export type Deploying = {
  /** Throws Refused where it cannot be one. */
  judge(said: Said): Promise<DeployedModel>
  /** Takes away files that no model is of. */
  sweep(): Promise<void>
}

export function makeDeploying({ offers, uploads, governance }: Options): Deploying {
  const all = async () => (await governance.deployed()).map(({ value }) => value)
  const mayBeNew = async (name: string, known: readonly DeployedModel[]) => {
    if ((await offers?.operators())?.some((model) => model.name === name)) throw refuse('model-of-operator')
    if (known.length >= INFERENCE.models) throw refuse('too-many-models', { limit: INFERENCE.models })
  }
  const opened = async (digest: string, before: DeployedModel | undefined): Promise<ModelFile> => {
    if (before?.file.digest === digest) return before.file
    if (uploads === null) throw refuse('not-found')
    return uploads.look(digest)
  }
  return {
    async judge({ name, rules, file: digest }) {
      const known = await all()
      const before = known.find((model) => model.name === name)
      if (before === undefined) await mayBeNew(name, known)
      const file = await opened(digest, before)
      const why = unfit(rules.inputs, file)
      if (why !== null) throw refuse('model-misfit', { why })
      return { name, rules, file }
    },
    sweep: async () => uploads?.sweep(new Set((await all()).map(({ file }) => file.digest))),
  }
}
