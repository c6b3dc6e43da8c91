// Managed data, put together: what kernels may ask, the record of it, and the end of kernels that hold what they may not.
import { join } from 'node:path'
import type { Sight } from '#protocol/api.ts'
import type { PersonId } from '#protocol/ids.ts'
import type { KernelState } from '#protocol/runner.ts'
import { makeArtefacts } from '../artefacts/asked.ts'
import { Files } from '../artefacts/files.ts'
import { type Made, makeMade } from '../artefacts/made.ts'
import { Saves } from '../artefacts/saves.ts'
import { makeShelf, type Shelf } from '../artefacts/shelf.ts'
import { clock } from '../clock.ts'
import { makeLlm, type Served } from '../llm/llm.ts'
import type { Log } from '../log.ts'
import type { Subject } from '../policy/subject.ts'
import type { DataPlane, Hear } from '../seams/dataPlane.ts'
import type { Events } from '../seams/events.ts'
import type { Identity } from '../seams/identity.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { Store } from '../seams/store.ts'
import { lookForCanary } from './canary.ts'
import { type Catalogue, makeCatalogue } from './catalogue.ts'
import { type Edits, makeEdits } from './edits.ts'
import { makeEnd } from './ending.ts'
import { recheckHoldings } from './holding.ts'
import { makeKb } from './kb.ts'
import { workspaceKey } from './key.ts'
import { type Library, makeLibrary } from './library.ts'
import { sightOf } from './overview.ts'
import { plantTables } from './plant.ts'
import { type Proven, proven } from './proven.ts'
import { Reads } from './reads.ts'
import { type AuditRecord, makeRecord } from './record.ts'
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

export type Governed = {
  /** Of the data plane: `away` also while nothing proves yet that policies hold. */
  tables(): 'none' | 'away' | 'ready'
  readonly library: Library
  /** What a kernel has read and what it was refused. */
  sight(kernel: KernelState): Promise<Sight>
  /** Who somebody is to policies and classifications. */
  subject(person: PersonId): Promise<Subject>
  recheck(): Promise<void>
  /** The shell's pages. */
  readonly catalogue: Catalogue
  readonly edits: Edits
  readonly record: AuditRecord
  readonly artefacts: Shelf
  readonly made: Made
  /** Takes away what saves left that came to nothing. */
  sweep(): Promise<void>
}

/** What kernels may ask of managed data. A kernel that has ended leaves no open door. */
export function governed(home: string, given: Given): Governed {
  const { identity, store, kernels, events, llm: served, log, now, free } = given
  const plane = given.plane && trusted(given.plane, home, given)
  const ruling = makeRuling({ store, identity, key: workspaceKey(home), now })
  const owner = identity.accounts().find((account) => account.standing === 'owner')
  const reads = new Reads(ruling, plane)
  const llm = makeLlm({ served, ruling, store, clock, log })
  const writes = new Writes(ruling, makeWriting(store, now), plane, clock, log)
  const { artefacts, made, governance, audit } = store
  const files = new Files(home)
  const saves = new Saves({ ruling, artefacts, files, plane, clock, log, free })
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
    ruling.forget(spec.id).catch(failed('label not dropped'))
  })
  const end = makeEnd(kernels, events, clock)
  const tables = { ...makeTables(ruling, reads), ...makeWrites(writes), ...makeKb(ruling, store) }
  const library = makeLibrary({ ...tables, ...llm.answers, ...makeArtefacts(ruling, artefacts, saves) }, ruling, log)
  const recheck = () => recheckHoldings(kernels, ruling, end, log)
  return {
    library,
    tables: () => (plane === null ? 'none' : plane.standing ? 'ready' : 'away'),
    subject: ruling.subject,
    sight: (kernel) => sightOf(ruling, kernel),
    recheck,
    catalogue: makeCatalogue({ ruling, governance, made, identity }),
    edits: makeEdits({ ruling, governance, identity, plane, log, recheck }),
    record: makeRecord({ ruling, audit, identity }),
    artefacts: makeShelf({ ruling, artefacts, audit, files, identity }),
    made: makeMade({ ruling, made, identity }),
    sweep: () => files.sweep((id) => saves.has(id)),
  }
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
