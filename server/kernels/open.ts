// Opening a notebook: decides the mode, then finds this person's kernel for it or has one started.

import type * as z from 'zod/mini'
import type { Opened, OpenRequest } from '#protocol/api.ts'
import type { NotebookId } from '#protocol/ids.ts'
import { KERNEL } from '#protocol/limits.ts'
import type { Role } from '#protocol/roles.ts'
import type { KernelSpec, KernelState } from '#protocol/runner.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import { type Desk, find, view } from '../notebooks/desk.ts'
import { may } from '../notebooks/rights.ts'
import type { Document } from '../seams/document.ts'
import type { Principal } from '../seams/identity.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { StoredNotebook } from '../seams/store.ts'

export type Opening = { readonly desk: Desk; readonly document: Document; readonly kernels: Kernels }
type Request = z.infer<typeof OpenRequest>

export async function open(opening: Opening, who: Principal, id: NotebookId, request: Request): Promise<Opened> {
  const { desk } = opening
  const notebook = await find(desk, who, id, 'open')
  const mode = decideMode(desk, who, notebook, request.mode)
  const state = await desk.serial(`open ${who.id} ${id} ${mode}`, () => kernelFor(opening, who, notebook, mode, request))
  const source = mode === 'run' && may(who, notebook, 'source', desk.now()) ? await sourceOf(desk, id) : null
  const { spec, phase } = state
  return { notebook: view(desk, who, notebook), kernel: spec.id, mode, source, phase, autorun: spec.autorun }
}

/** Whoever may edit and finds the lease free takes it; everybody else reads. */
function decideMode(desk: Desk, who: Principal, notebook: StoredNotebook, wished: Request['mode']): Role {
  if (wished === 'run' || !may(who, notebook, 'edit', desk.now())) return 'run'
  return desk.leases.apply(notebook.id, { type: 'open', person: who.id }) === null ? 'edit' : 'run'
}

async function kernelFor(
  opening: Opening,
  who: Principal,
  notebook: StoredNotebook,
  mode: Role,
  request: Request,
): Promise<KernelState> {
  const { kernels } = opening
  const before = kernels.find(who.id, notebook.id, mode)
  const alive = before !== null && before.phase.phase !== 'exited'
  if (alive && !request.fresh) return before
  if (alive) await kernels.stop(before.spec.id, 'stopped')
  const running = kernels
    .list()
    .filter((kernel) => kernel.spec.person === who.id && kernel.phase.phase !== 'exited' && kernel !== before)
  if (running.length >= KERNEL.perPerson) throw refuse('too-many-kernels', { limit: KERNEL.perPerson })
  return start(opening, who, notebook, mode, request, before)
}

async function start(
  opening: Opening,
  who: Principal,
  notebook: StoredNotebook,
  mode: Role,
  request: Request,
  before: KernelState | null,
): Promise<KernelState> {
  const { desk, document, kernels } = opening
  const materialised = await document.materialise(notebook.id, who.id)
  if (!materialised) throw refuse('not-found')
  const wished = mode === 'run' || (notebook.author === who.id && ((await desk.store.preferences.get(who.id))?.autorun ?? false))
  const spec: KernelSpec = {
    id: mint('k'),
    person: who.id,
    notebook: notebook.id,
    mode,
    autorun: wished && request.run !== false && !diedAtStart(before),
    theme: request.theme,
    ...(materialised.layout === null ? {} : { layout: materialised.layout }),
    limits: LIMITS,
  }
  const started = await kernels.start(spec, materialised.source)
  if (started.type === 'absent') throw refuse('runner-absent')
  if (started.type === 'refused') throw refuse('kernel-refused', { reason: started.refusal.message })
  return started.state
}

const LIMITS = {
  memory: KERNEL.memory,
  processes: KERNEL.processes,
  cpuShare: KERNEL.cpuShare,
  files: KERNEL.files,
  scratch: KERNEL.scratch,
  output: KERNEL.output,
} as const

/** What ran at its start may be what killed it: the next opening runs nothing. */
const diedAtStart = (before: KernelState | null): boolean =>
  before?.phase.phase === 'exited' && before.spec.autorun && ['start-failed', 'crashed', 'memory'].includes(before.phase.cause)

async function sourceOf(desk: Desk, id: NotebookId): Promise<string | null> {
  return (await desk.store.versions.head(id))?.content.source ?? null
}
