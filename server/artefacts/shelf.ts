// The shell's page of artefacts: what there is for somebody, its bytes, and what they may do to it. What they may not open is not there.
import type { ArtefactCard, ClosedCard } from '#protocol/artefacts.ts'
import type { ArtefactId } from '#protocol/ids.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import type { Disclosure } from '#protocol/release.ts'
import { MAY } from '#protocol/standings.ts'
import { namesOf } from '../data/catalogue.ts'
import { disclosureOf, originOf } from '../data/origin.ts'
import type { Ruling } from '../data/ruling.ts'
import { refuse } from '../errors.ts'
import { mayDeclassify } from '../policy/relabel.ts'
import type { Subject } from '../policy/subject.ts'
import type { Artefacts, Changed, StoredArtefact } from '../seams/artefacts.ts'
import type { Audit } from '../seams/audit.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import { type Content, contentOf } from './content.ts'
import type { Files } from './files.ts'
import { mayKnow, mayOpen, mayRelabel, mayRelease } from './rule.ts'

type Wanted = { readonly onto: number; readonly reason: string }
type Done = { readonly version: number }
type Given = {
  readonly ruling: Ruling
  readonly artefacts: Artefacts
  readonly audit: Audit
  readonly files: Files
  readonly identity: Identity
}

export type Shelf = {
  list(who: Principal): Promise<ArtefactCard[]>
  /** One's own that one may not open any more. */
  closed(who: Principal): Promise<ClosedCard[]>
  /** On record before a byte is given. */
  open(who: Principal, id: ArtefactId): Promise<Content>
  /** What a release to these would give them. */
  disclosure(who: Principal, id: ArtefactId, to: readonly Audience[]): Promise<Disclosure>
  release(who: Principal, id: ArtefactId, to: readonly Audience[], wanted: Wanted): Promise<Done>
  relabel(who: Principal, id: ArtefactId, label: Label, wanted: Wanted): Promise<Done>
  remove(who: Principal, id: ArtefactId): Promise<void>
}

export const makeShelf = (given: Given): Shelf => ({ ...shown(given), ...acts(given) })

function shown({ ruling, artefacts, audit, files, identity }: Given): Pick<Shelf, 'list' | 'closed' | 'open'> {
  const named = namesOf(identity)
  return {
    async list(who) {
      if (!MAY[who.standing]['see artefacts']) return []
      const subject = await ruling.subject(who.id)
      const theirs = (await artefacts.list()).filter((artefact) => mayOpen(artefact, subject))
      return Promise.all(theirs.map((artefact) => cardOf(ruling, artefact, who, subject, named)))
    },
    async closed(who) {
      const subject = await ruling.subject(who.id)
      const all = (await artefacts.list()).filter((artefact) => mayKnow(artefact, subject) && !mayOpen(artefact, subject))
      return all.map(({ id, kind, bytes, at }) => ({ id, kind, bytes, at }))
    },
    async open(who, id) {
      const { artefact } = await found(ruling, artefacts, who, id)
      const stream = await files.open(artefact)
      if (stream === null) throw refuse('artefact-lost')
      const opened = { kind: 'artefact-opened', person: who.id, artefact: id, label: artefact.label } as const
      await audit.append(opened, ruling.now()).catch((error: unknown) => {
        stream.destroy()
        throw error
      })
      return contentOf(artefact, stream)
    },
  }
}

function acts({ ruling, artefacts, files, identity }: Given): Omit<Shelf, keyof ReturnType<typeof shown>> {
  const find = (who: Principal, id: ArtefactId, may = mayOpen) => found(ruling, artefacts, who, id, may)
  return {
    async disclosure(who, id, to) {
      const { artefact, subject } = await find(who, id)
      mustBeMaker(artefact, subject)
      const { label, inputs } = artefact
      return disclosureOf(ruling, identity, { maker: subject, label, inputs, to })
    },
    async release(who, id, to, wanted) {
      const { artefact, subject } = await find(who, id)
      mustBeMaker(artefact, subject)
      return made(await artefacts.release(id, to, { by: who.id, at: ruling.now(), ...wanted }))
    },
    async relabel(who, id, label, wanted) {
      const { artefact, subject } = await find(who, id)
      const { workspace } = await ruling.workspace()
      const answer = mayRelabel(artefact, label, { who: subject, workspace, now: ruling.now() })
      if (answer !== 'yes') throw refuse(REFUSED[answer])
      return made(await artefacts.relabel(id, label, { by: who.id, at: ruling.now(), ...wanted }))
    },
    async remove(who, id) {
      const { artefact } = await find(who, id, mayKnow)
      if (!mayRemove(artefact, who)) throw refuse('not-your-artefact')
      if (!(await artefacts.remove(id, who.id, ruling.now()))) throw refuse('not-found')
      await files.remove(id)
    },
  }
}

const REFUSED = {
  clearance: 'label-above',
  floor: 'label-below',
  maker: 'not-your-artefact',
  declassify: 'not-declassifier',
} as const

async function found(ruling: Ruling, artefacts: Artefacts, who: Principal, id: ArtefactId, may = mayOpen) {
  const subject = await ruling.subject(who.id)
  const artefact = MAY[who.standing]['see artefacts'] ? await artefacts.get(id) : null
  if (artefact === null || !may(artefact, subject)) throw refuse('not-found')
  return { artefact, subject }
}

function mustBeMaker(artefact: StoredArtefact, who: Subject): void {
  if (!mayRelease(artefact, who)) throw refuse('not-your-artefact')
}

const mayRemove = ({ maker }: StoredArtefact, who: Principal): boolean =>
  maker === who.id || MAY[who.standing]['remove artefacts']

async function cardOf(
  ruling: Ruling,
  artefact: StoredArtefact,
  who: Principal,
  subject: Subject,
  named: ReturnType<typeof namesOf>,
): Promise<ArtefactCard> {
  const { kernel: _, save: __, digest: ___, inputs, maker, released, ...said } = artefact
  const release = mayRelease(artefact, subject)
  const { workspace } = await ruling.workspace()
  return {
    ...said,
    maker: named(maker),
    ...(await originOf(ruling, inputs, subject)),
    released: release ? [...released] : null,
    may: {
      release,
      raise: maker === who.id,
      lower: mayDeclassify(workspace, subject, ruling.now()),
      remove: mayRemove(artefact, who),
    },
  }
}

function made(changed: Changed): Done {
  if (changed.ok) return { version: changed.version }
  throw refuse(changed.why === 'stale' ? 'stale-edit' : 'not-found')
}
