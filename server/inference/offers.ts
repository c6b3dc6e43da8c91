// Which deployed models there are now: those that the operator set up, and those that the workspace's owner deployed, whose rules are looked
// up at each question. Of two that have one name the owner's is meant. An offer holds the file that it is of: what was decided of one is
// never asked of another.
import type { Column } from '#protocol/library/inference.ts'
import type { DeployedModel, DeployedRules, ModelFile } from '#protocol/policy/deployed.ts'
import type { Governance } from '../seams/governance.ts'
import type { Deployed, Inference, Predicted } from '../seams/inference.ts'
import type { Uploads } from './uploads.ts'

/** `file` null: the operator's. */
export type Offer = DeployedRules & { readonly name: string; readonly file: ModelFile | null }

/** Null in tests that have none. */
export type Served = { readonly inference: Inference | null; readonly uploads: Uploads | null }

export type Offers = {
  /** The owner's first. */
  all(): Promise<readonly Offer[]>
  operators(): Promise<readonly Offer[]>
  predict(offer: Offer, whose: string, columns: readonly Column[]): Promise<Predicted>
  forget(whose: string): void
}

/** Null: none is served, and none can be deployed. */
export function makeOffers({ inference, uploads }: Served, governance: Pick<Governance, 'deployed'>): Offers | null {
  if (inference === null && uploads === null) return null
  const operators = async () => ((await inference?.list()) ?? []).map(asSetUp)
  return {
    operators,
    async all() {
      const own = (await governance.deployed()).map(({ value }) => deployed(value))
      const names = new Set(own.map(({ name }) => name))
      return [...own, ...(await operators()).filter(({ name }) => !names.has(name))]
    },
    async predict({ name, file }, whose, columns) {
      const said =
        file === null
          ? inference?.predict({ whose, model: name, columns })
          : uploads?.predict({ whose, digest: file.digest, columns })
      return (await said) ?? { ok: false, why: 'unknown' }
    },
    forget(whose) {
      inference?.forget(whose)
      uploads?.forget(whose)
    },
  }
}

const asSetUp = ({ name, description, label, readers, inputs }: Deployed): Offer => {
  return { name, description, label, inputs, open: readers ? 'readers' : 'editors', to: [{ who: 'workspace' }], file: null }
}

const deployed = ({ name, rules, file }: DeployedModel): Offer => ({ name, ...rules, file })
