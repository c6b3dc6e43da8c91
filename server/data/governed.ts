// Managed data, put together: what kernels may ask, the record of it, and the end of kernels that hold what they may not.
import { join } from 'node:path'
import type { PersonId } from '#protocol/ids.ts'
import type { KernelState } from '#protocol/runner.ts'
import type { Sight } from '#protocol/sight.ts'
import { makeArtefacts } from '../artefacts/asked.ts'
import { Files } from '../artefacts/files.ts'
import { type Made, makeMade } from '../artefacts/made.ts'
import { Saves } from '../artefacts/saves.ts'
import { makeShelf, type Shelf } from '../artefacts/shelf.ts'
import { clock } from '../clock.ts'
import { makeDeploying } from '../inference/deploying.ts'
import { makeScoring } from '../inference/inference.ts'
import { makeOffers } from '../inference/offers.ts'
import { type ModelPages, makeModelPages } from '../inference/pages.ts'
import type { Uploads } from '../inference/uploads.ts'
import { makeEnd } from '../kernels/ending.ts'
import { Meaning } from '../knowledge/meaning.ts'
import { makeLlm, type Served } from '../llm/llm.ts'
import { makeTerms } from '../llm/terms.ts'
import type { Log } from '../log.ts'
import type { Subject } from '../policy/subject.ts'
import type { DataPlane, Hear } from '../seams/dataPlane.ts'
import type { Embedder } from '../seams/embeddings.ts'
import type { Events } from '../seams/events.ts'
import type { Identity } from '../seams/identity.ts'
import type { Inference } from '../seams/inference.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { Store } from '../seams/store.ts'
import { type AccessPages, makeAccess } from './access.ts'
import { lookForCanary } from './canary.ts'
import { type Catalogue, makeCatalogue } from './catalogue.ts'
import { type Edits, makeEdits } from './edits.ts'
import { mayKeep, recheckHoldings } from './holding.ts'
import { makeKb } from './kb.ts'
import { workspaceKey } from './key.ts'
import { makeLabels } from './labels.ts'
import { type Library, makeLibrary } from './library.ts'
import { sightOf } from './overview.ts'
import { plantTables } from './plant.ts'
import { type FlyBefore, makePreflight } from './preflight.ts'
import { type Proven, proven } from './proven.ts'
import { Reads } from './reads.ts'
import { type AuditRecord, makeRecord } from './record.ts'
import { makeRequests, type Requests, type SourceFor } from './requests.ts'
import { makeRuling } from './rule.ts'
import { makeTables } from './tables.ts'
import { makeWrites, Writes } from './writes.ts'
import { makeWriting } from './writing.ts'

type Given = {
  readonly identity: Identity
  readonly store: Store
  readonly kernels: Kernels
  readonly events: Events
  readonly plane: DataPlane | null
  readonly llm: Served | null
  readonly inference: Inference | null
  readonly uploads: Uploads | null
  readonly embedder: Embedder | null
  /** What a kernel of somebody's is given to run. */
  readonly sourceFor: SourceFor
  readonly log: Log
  readonly now: () => number
  /** Bytes left on the disk of the state. */
  readonly free: () => number
  /** Ends the gateway with this sentence: starting again would not help. */
  readonly giveUp: (message: string) => void
}
const SEEN =
  'Managed tables are not served: at the start, a row and a column that policies hide were seen through the data plane. ' +
  'Its log and its version are to be looked at; nothing was given to a notebook.'

const NO_MODELS = { routes: new Map(), perDay: 0 } as const

export type Governed = {
  /** Of the data plane: `away` also while nothing proves yet that policies hold. */
  tables(): 'none' | 'away' | 'ready'
  readonly library: Library
  /** What a kernel has read and what it was refused. */
  sight(kernel: KernelState): Promise<Sight>
  /** Who somebody is to policies and classifications. */
  subject(person: PersonId): Promise<Subject>
  recheck(): Promise<void>
  /** Tells pages what their kernels count as. */
  tell(): Promise<void>
  /** Is what a kernel has read still its person's to see? */
  mayKeep(kernel: KernelState): Promise<boolean>
  /** The shell's pages. */
  readonly catalogue: Catalogue
  readonly access: AccessPages
  readonly models: ModelPages
  readonly edits: Edits
  readonly requests: Requests
  readonly record: AuditRecord
  /** What sharing a notebook would make others see. */
  readonly preflight: FlyBefore
  readonly artefacts: Shelf
  readonly made: Made
  /** Takes away what saves and uploads left that came to nothing. */
  sweep(): Promise<void>
}

/** Managed data, for kernels and for the shell's pages. A kernel that has ended leaves no open door. */
export function governed(home: string, given: Given): Governed {
  const { identity, kernels, events, llm: served, uploads, log, now } = given
  const { governance, audit, allowance, artefacts, made, requests: stored } = given.store
  const asked = answering(home, given)
  const { ruling, labels, plane, llm, terms, offers, files, saves } = asked
  listen(asked, given)
  const end = makeEnd(kernels, events, clock, 'withdrawn')
  const recheck = async () => {
    await Promise.all([recheckHoldings(kernels, ruling, end, log), llm.recheck()])
    await labels.all()
  }
  const { routes } = served ?? NO_MODELS
  const requests = makeRequests({ ruling, stored, identity, sourceFor: given.sourceFor })
  const deploying = makeDeploying({ offers, uploads, governance })
  return {
    library: labels.after(libraryOf(asked, given)),
    tables: () => (plane === null ? 'none' : plane.standing ? 'ready' : 'away'),
    subject: ruling.subject,
    sight: (kernel) => sightOf(ruling, kernel, requests.asking),
    recheck,
    tell: labels.all,
    mayKeep: ({ spec }) => mayKeep(ruling, spec, log),
    catalogue: makeCatalogue({ ruling, governance, made, identity, plane }),
    access: makeAccess({ served, terms, governance, allowance, identity, now }),
    models: makeModelPages({ offers, uploads, ruling, governance, identity }),
    edits: makeEdits({ ruling, governance, identity, plane, routes, deploying, log, recheck, requests }),
    requests,
    record: makeRecord({ ruling, audit, governance, identity }),
    preflight: makePreflight({ ruling, audit, identity }),
    artefacts: makeShelf({ ruling, artefacts, audit, files, identity }),
    made: makeMade({ ruling, made, identity }),
    sweep: async () => void (await Promise.all([files.sweep((id) => saves.has(id)), deploying.sweep()])),
  }
}

type Answering = ReturnType<typeof answering>

/** What decides, and what carries out what kernels ask. */
function answering(home: string, given: Given) {
  const { identity, store, llm: served, log, now, free } = given
  const plane = given.plane && trusted(given.plane, home, given)
  const ruling = makeRuling({ store, identity, key: workspaceKey(home), now })
  const terms = makeTerms(served ?? NO_MODELS, store.governance)
  const files = new Files(home)
  const offers = makeOffers(given, store.governance)
  return {
    plane,
    ruling,
    labels: makeLabels(given),
    terms,
    offers,
    files,
    reads: new Reads(ruling, plane),
    writes: new Writes(ruling, makeWriting(store, now), plane, clock, log),
    saves: new Saves({ ruling, artefacts: store.artefacts, files, plane, clock, log, free }),
    llm: makeLlm({ models: served?.models ?? null, terms, ruling, store, clock, log }),
    scoring: makeScoring({ offers, ruling, store, log }),
  }
}

function libraryOf({ ruling, plane, reads, writes, saves, llm, scoring }: Answering, given: Given): Library {
  const { store, log } = given
  const tables = { ...makeTables(ruling, reads, plane), ...makeWrites(writes), ...makeKb(ruling, store, new Meaning(given)) }
  const models = { ...llm.answers, ...scoring.answers }
  return makeLibrary({ ...tables, ...models, ...makeArtefacts(ruling, store.artefacts, saves) }, ruling, log)
}

/** To the data plane, and to the ends of kernels. */
function listen({ plane, ruling, labels, reads, writes, saves, llm, scoring }: Answering, given: Given): void {
  const { identity, store, kernels, log, now } = given
  const owner = identity.accounts().find((account) => account.standing === 'owner')
  const failed = (what: string) => (error: unknown) => log.error({ err: error }, what)
  plane?.begin(ruling.epoch, {
    ...brought(writes, saves),
    ready: () => {
      if (owner) plantTables(store, plane, owner.id, now(), log).catch(failed('tables not planted'))
      writes.met()
      saves.met()
    },
    done: (done) => void reads.ended(done).catch(failed('the end of a read not recorded')),
  })
  kernels.subscribe(({ state: { spec, phase } }) => {
    if (phase.phase !== 'exited') return
    plane?.forget(spec.id)
    llm.forget(spec.id)
    scoring.forget(spec.id)
    labels.forget(spec.id)
    ruling.forget(spec.id).catch(failed('label not dropped'))
  })
}

/** What is told of what kernels handed over: each knows its own. */
const brought = (writes: Writes, saves: Saves): Pick<Hear, 'takenIn' | 'wrote' | 'kept'> => ({
  takenIn: (taken) => {
    writes.takenIn(taken)
    saves.takenIn(taken)
  },
  wrote: (wrote) => writes.wrote(wrote),
  kept: (kept) => saves.kept(kept),
})

function trusted(plane: DataPlane, home: string, { store, log, giveUp }: Given): Proven {
  const folder = join(home, 'run')
  const look = async () => lookForCanary(plane, await store.governance.epoch(), folder)
  const seen = () => {
    log.fatal('the canary was seen')
    giveUp(SEEN)
  }
  return proven(plane, { look, seen, clock })
}
