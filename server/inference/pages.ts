// What the shell shows of deployed models: owners see the rules that are in force, others what they may use.
import type { Readable } from 'node:stream'
import type { DeployedCard, DeployedSeen } from '#protocol/models.ts'
import type { ModelFile } from '#protocol/policy/deployed.ts'
import { MAY } from '#protocol/standings.ts'
import { namesOf } from '../data/catalogue.ts'
import { mustGovern } from '../data/edits.ts'
import type { Ruling } from '../data/ruling.ts'
import { refuse } from '../errors.ts'
import type { Governance } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { Offer, Offers } from './offers.ts'
import { isFor } from './rule.ts'
import type { Uploads } from './uploads.ts'

type Options = {
  readonly offers: Offers | null
  readonly uploads: Uploads | null
  readonly ruling: Pick<Ruling, 'subject'>
  readonly governance: Pick<Governance, 'deployed'>
  readonly identity: Identity
}

export type ModelPages = {
  seen(who: Principal): Promise<DeployedSeen[]>
  cards(who: Principal): Promise<DeployedCard[]>
  /** A file that a model may then be made of. */
  take(who: Principal, bytes: Readable, declared: number): Promise<ModelFile>
}

export function makeModelPages({ offers, uploads, ruling, governance, identity }: Options): ModelPages {
  const named = namesOf(identity)
  return {
    async seen(who) {
      if (!MAY[who.standing]['ask models']) throw refuse('not-found')
      const subject = await ruling.subject(who.id)
      return ((await offers?.all()) ?? []).filter((offer) => isFor(offer, subject)).map(seen)
    },
    async cards(who) {
      mustGovern(who)
      const edits = new Map((await governance.deployed()).map(({ value, ...edit }) => [value.name, edit]))
      const all = (await offers?.all()) ?? []
      return all.map(({ name, file, ...rules }) => {
        const edit = file === null ? undefined : edits.get(name)
        const changed = edit ? { by: named(edit.by), at: edit.at, reason: edit.reason } : null
        return { name, rules, file, version: edit?.version ?? 0, changed }
      })
    },
    async take(who, bytes, declared) {
      mustGovern(who)
      if (uploads === null) throw refuse('not-found')
      return uploads.take(bytes, declared)
    },
  }
}

const seen = ({ name, description, label, inputs, open, file }: Offer): DeployedSeen => {
  return { name, description, label, inputs, open, makes: file && columnsOf(file.makes) }
}

/** As they are called in a notebook: those that one tensor makes are counted. */
const columnsOf = (makes: NonNullable<Offer['file']>['makes']): string[] =>
  makes.map(({ name, width }) => (width === null || width === 1 ? name : `${name}_0 … ${name}_${width - 1}`))
