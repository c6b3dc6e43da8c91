// Managed data, put together: what kernels may ask, the record of it, and the end of kernels that hold what they may not.
import { join } from 'node:path'
import type { PersonId } from '#protocol/ids.ts'
import type { KernelState } from '#protocol/runner.ts'
import type { Sight } from '#protocol/sight.ts'
import { clock } from '../clock.ts'
import { makeLlm, type Served } from '../llm/llm.ts'
import type { Log } from '../log.ts'
import type { Subject } from '../policy/subject.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
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
import { makeRequests, type Requests } from './requests.ts'
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
  readonly requests: Requests
  readonly record: AuditRecord
}

/** What kernels may ask of managed data. A kernel that has ended leaves no open door. */
export function governed(home: string, given: Given): Governed {
  const { identity, store, kernels, events, llm: served, log, now } = given
  const plane = given.plane && trusted(given.plane, home, given)
  const ruling = makeRuling({ store, identity, key: workspaceKey(home), now })
  const owner = identity.accounts().find((account) => account.standing === 'owner')
  const reads = new Reads(ruling, plane)
  const llm = makeLlm({ served, ruling, store, clock, log })
  const writes = new Writes(ruling, makeWriting(store, now), plane, clock, log)
  const failed = (what: string) => (error: unknown) => log.error({ err: error }, what)
  plane?.begin(ruling.epoch, {
    ready: () => {
      if (owner) plantTables(store, plane, owner.id, now(), log).catch(failed('tables not planted'))
      writes.met()
    },
    done: (done) => void reads.ended(done).catch(failed('the end of a read not recorded')),
    takenIn: (taken) => writes.takenIn(taken),
    wrote: (wrote) => writes.wrote(wrote),
  })
  kernels.subscribe(({ state: { spec, phase } }) => {
    if (phase.phase !== 'exited') return
    plane?.forget(spec.id)
    llm.forget(spec.id)
    ruling.forget(spec.id).catch(failed('label not dropped'))
  })
  const end = makeEnd(kernels, events, clock)
  const library = makeLibrary(
    { ...makeTables(ruling, reads), ...makeWrites(writes), ...makeKb(ruling, store), ...llm.answers },
    log,
  )
  const { governance, audit } = store
  const requests = makeRequests({ ruling, stored: store.requests, identity })
  const recheck = () => recheckHoldings(kernels, ruling, end, log)
  return {
    library,
    tables: () => (plane === null ? 'none' : plane.standing ? 'ready' : 'away'),
    subject: ruling.subject,
    sight: (kernel) => sightOf(ruling, kernel, requests.asking),
    recheck,
    catalogue: makeCatalogue({ ruling, governance, identity }),
    edits: makeEdits({ governance, identity, plane, now, log, recheck, requests }),
    requests,
    record: makeRecord({ ruling, audit, identity }),
  }
}

function trusted(plane: DataPlane, home: string, { store, log, giveUp }: Given): Proven {
  const folder = join(home, 'run')
  const look = async () => lookForCanary(plane, await store.governance.epoch(), folder)
  const seen = () => {
    log.fatal('the canary was seen')
    giveUp(SEEN)
  }
  return proven(plane, { look, seen, clock })
}
