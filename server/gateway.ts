// Puts a gateway together from a configuration and the implementations that were picked for its seams, and runs it.

import { once } from 'node:events'
import type { Server } from 'node:http'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { LEASE, NOTEBOOK } from '#protocol/limits.ts'
import { MARIMO } from '#protocol/marimo.ts'
import type { KernelState } from '#protocol/runner.ts'
import { makeEvents } from './bus.ts'
import { clock } from './clock.ts'
import type { Config } from './config.ts'
import { governed } from './data/governed.ts'
import { plantModels } from './inference/seed.ts'
import type { Uploads } from './inference/uploads.ts'
import { makeBeside } from './kernels/beside.ts'
import { makeGuard } from './kernels/guard.ts'
import { wrong } from './kernels/rights.ts'
import { Saves } from './kernels/saves.ts'
import { type Watch, watchKernels } from './kernels/watch.ts'
import { Keeper } from './knowledge/keeper.ts'
import { plantLibrary } from './knowledge/seed.ts'
import type { Served } from './llm/llm.ts'
import type { Log } from './log.ts'
import { type Mux, serveMux } from './mux/mux.ts'
import type { Desk } from './notebooks/desk.ts'
import { makeDocument } from './notebooks/document.ts'
import { removeAll, sweepParts } from './notebooks/files.ts'
import { keepLeases } from './notebooks/leases.ts'
import { type Seeded, seed } from './notebooks/seed.ts'
import { tellLease } from './notebooks/tell.ts'
import type { DataPlane } from './seams/dataPlane.ts'
import type { Embedder } from './seams/embeddings.ts'
import type { Identity } from './seams/identity.ts'
import type { Inference } from './seams/inference.ts'
import type { Kernels, LiveKernels } from './seams/kernels.ts'
import type { Store } from './seams/store.ts'
import { makeSerial } from './serial.ts'
import { SCRYDON } from './versions.ts'
import { makeApp } from './web/app.ts'
import type { Deps } from './web/deps.ts'
import { type Metrics, makeMetrics } from './web/metrics.ts'
import { keepOne } from './web/present.ts'
import { makeSignIn } from './web/sessions.ts'
import { serveShell } from './web/static.ts'
import { portOf, type Where, whereabouts } from './web/where.ts'

const TICK = { lease: 1000, kernels: 5000, sessions: 60_000, trash: 3_600_000 } as const
const DAY = 86_400_000

export type Implementations = {
  readonly identity: Identity
  readonly store: Store
  readonly kernels: Kernels
  /** The same kernels where they can be reached over /mux; null where none can. */
  readonly live: LiveKernels | null
  /** Where managed tables are; null where none is. */
  readonly plane: DataPlane | null
  /** Language models; null where none is set up. */
  readonly llm: Served | null
  /** Deployed models; null where none is served. */
  readonly inference: Inference | null
  /** Files that owners deploy models of; null where none is taken. */
  readonly uploads: Uploads | null
  /** What passages and questions mean; null where no endpoint is set up. */
  readonly embedder: Embedder | null
  readonly log: Log
  readonly now: () => number
  /** Ends the process with this sentence: starting again would not help. */
  readonly giveUp: (message: string) => void
  /** Bytes left on the disk of the state. */
  readonly free: () => number
  /** The content site, where frames live; null where none is served. */
  readonly content: ((where: Where) => Server) | null
}

export type Gateway = {
  readonly app: FastifyInstance
  readonly deps: Deps
  readonly where: Where
  /** Called every few seconds: idle kernels, rights that have run out. */
  beat(): Promise<void>
  /** What this start planted; null: the state was seeded before. */
  readonly seeded: Seeded | null
  close(): Promise<void>
}

export async function startGateway(config: Config, made: Implementations): Promise<Gateway> {
  const { identity, store, kernels, live, plane, log, now, content } = made
  const desk = makeDesk(config, made)
  const document = makeDocument(desk)
  let where = whereabouts(config, config.port)
  const signIn = makeSignIn(store, identity, now)
  const versions = { scrydon: SCRYDON, marimo: MARIMO }
  const sourceFor = async (...of: Parameters<typeof document.materialise>) => (await document.materialise(...of))?.source ?? null
  const data = governed(config.home, { ...made, events: desk.events, sourceFor })
  const guard = makeGuard({ kernels, desk, rights: { access: document, sessions: signIn }, clock: { ...clock, now } })
  const beside = makeBeside({ kernels, desk, clock: { ...clock, now }, tell: data.tell })
  const deps = { config, desk, document, kernels, data, beside, signIn, versions, shared: guard.changed, where: () => where }
  const metrics = makeMetrics(kernels, desk.events)
  const app = await makeApp({ deps, shell: serveShell(join(config.dist, 'shell'), now), metrics, log })
  await sweepParts(desk)
  const seeded = await plantExamples(desk, config, log)
  await plantLibrary(made, ownerOf(identity)?.id, config.library).catch((error: unknown) =>
    log.error({ err: error }, 'library not planted'),
  )
  await plantModels(made, config).catch((error: unknown) => log.error({ err: error }, 'models not planted'))
  const keeper = made.embedder && new Keeper({ ...made, embedder: made.embedder, clock })
  await app.listen({ port: config.port, host: config.host })
  where = whereabouts(config, portOf(app.server.address()))
  const frames = content && (await listen(content(where), where.contentPort, config.host))
  const watch = watchKernels(kernels, desk.events, now)
  const tick = async () => {
    watch.tick()
    await keepOne(deps)
    await guard.beat()
    await data.recheck()
  }
  const mux = live && goLive(app.server, deps, live, tick, { log, metrics })
  await data.sweep()
  const stop = runClocks(deps, tick, watch, log)
  const close = async () => {
    stop()
    guard.close()
    mux?.close()
    live?.close()
    plane?.close()
    made.inference?.close()
    made.uploads?.close()
    frames?.close()
    frames?.closeAllConnections()
    await app.close()
    await keeper?.close()
    await store.close()
  }
  return { app, deps, where, seeded, beat: tick, close }
}

type Told = { readonly log: Log; readonly metrics: Metrics }

/** Kernels are judged with the rights as they are now, and reached over /mux. */
function goLive(server: Server, deps: Deps, kernels: LiveKernels, tick: () => Promise<void>, { log, metrics }: Told): Mux {
  const { desk, data, beside, document: access, signIn: sessions } = deps
  const { leases, events, now } = desk
  const unseen = async (state: KernelState) => {
    if (!(await data.mayKeep(state))) return 'withdrawn'
    return (await beside.mayKeep(state)) ? null : 'files-above'
  }
  const judge = async (state: KernelState) => {
    const cause = (await wrong({ access, sessions }, state)) ?? (await unseen(state))
    if (cause === null && edits(state, now())) leases.sign(state.spec.notebook, state.spec.person)
    return cause
  }
  const failed = (error: unknown) => log.error({ err: error }, 'kernels not judged once more; the next beat does')
  kernels.begin(judge, data.library, () => void tick().catch(failed))
  const origin = () => deps.where().origin
  const saves = new Saves(access)
  const { commandRefused } = metrics
  const shared = { origin, sessions, tabs: desk.store.tabs, access, leases, events, kernels, saves, clock, log, commandRefused }
  return serveMux(server, shared)
}

/** Leases are kept in memory: whoever was editing a moment ago keeps theirs when a gateway is started again. */
const edits = ({ spec, attached, detachedSince }: KernelState, now: number): boolean =>
  spec.mode === 'edit' && (attached !== null || now - (detachedSince ?? 0) < LEASE.silence)

/** `*.localhost` is this machine by definition; browsers try its IPv4 address too. */
async function listen(server: Server, port: number, host: string): Promise<Server> {
  server.listen(port, host === 'localhost' ? '127.0.0.1' : host)
  await once(server, 'listening')
  return server
}

function makeDesk(config: Config, { identity, store, log, now, free }: Implementations): Desk {
  const leases = keepLeases(now, (notebook, effect) => {
    tellLease(desk, notebook, effect).catch((error: unknown) => log.error({ err: error }, 'lease not told'))
  })
  const uploads = join(config.home, 'uploads')
  const desk: Desk = { store, identity, events: makeEvents(), leases, serial: makeSerial(), now, log, free, uploads }
  return desk
}

const ownerOf = (identity: Identity) => identity.accounts().find((account) => account.standing === 'owner')

/** By the first account that owns the workspace. */
async function plantExamples(desk: Desk, config: Config, log: Log): Promise<Seeded | null> {
  const owner = ownerOf(desk.identity)
  const seeded = owner ? await seed(desk, owner, config.examples) : null
  if (seeded) log.info({ made: seeded.made, skipped: seeded.skipped }, 'examples planted')
  return seeded
}

function runClocks({ desk, signIn, data }: Deps, tick: () => Promise<void>, watch: Watch, log: Log): () => void {
  const every = (ms: number, work: () => unknown) =>
    setInterval(() => {
      Promise.resolve()
        .then(work)
        .catch((error: unknown) => log.error({ err: error }, 'periodic work failed'))
    }, ms)
  const timers = [
    every(TICK.lease, desk.leases.tick),
    every(TICK.kernels, tick),
    every(TICK.sessions, signIn.sweep),
    every(TICK.sessions, () => desk.store.tabs.sweep(desk.now())),
    every(TICK.trash, () => purge(desk)),
    every(TICK.trash, data.sweep),
  ]
  return () => {
    for (const timer of timers) clearInterval(timer)
    watch.close()
  }
}

export async function purge(desk: Desk): Promise<void> {
  const gone = await desk.store.notebooks.purge(desk.now() - NOTEBOOK.trashDays * DAY)
  for (const notebook of gone) await removeAll(desk, notebook)
}
