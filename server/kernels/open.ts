// Opening a notebook: decides the mode, then finds this person's kernel for it or has one started.

import type * as z from 'zod/mini'
import type { Opened, OpenRequest } from '#protocol/api.ts'
import type { NotebookId } from '#protocol/ids.ts'
import { KERNEL } from '#protocol/limits.ts'
import { dominates, type Label, LOWEST } from '#protocol/policy/label.ts'
import { ordered, type Profile } from '#protocol/policy/profile.ts'
import type { Role } from '#protocol/roles.ts'
import { type Cause, isAlive, type KernelSpec, type KernelState, powersOf, type RunnerRefusal } from '#protocol/runner.ts'
import { writtenSource } from '../data/holding.ts'
import { taintOf } from '../data/standing.ts'
import { type Refused, refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import { filesLabel, inTurn, isCleared } from '../notebooks/beside.ts'
import { account, type Desk, find } from '../notebooks/desk.ts'
import { may } from '../notebooks/rights.ts'
import { followsNewest, mustSee } from '../notebooks/seen.ts'
import { view } from '../notebooks/view.ts'
import type { Access, Document, Materialised } from '../seams/document.ts'
import type { Principal, Sessions } from '../seams/identity.ts'
import type { Kernels, Started } from '../seams/kernels.ts'
import type { StoredNotebook } from '../seams/store.ts'
import { seesFiles } from './beside.ts'
import { wrong } from './rights.ts'

export type Opening = {
  readonly desk: Desk
  readonly document: Document & Access
  readonly kernels: Kernels
  readonly signIn: Pick<Sessions, 'since'>
}
type Request = z.infer<typeof OpenRequest>

/** One opening: whose, of what, in which way. */
type Wish = { readonly who: Principal; readonly notebook: StoredNotebook; readonly mode: Role; readonly request: Request }

export async function open(opening: Opening, who: Principal, id: NotebookId, asked: Request): Promise<Opened> {
  const { desk, kernels } = opening
  const preview = asked.preview && ordered(asked.preview)
  const request = preview ? { ...asked, preview } : asked
  const notebook = await find(desk, who, id, 'open')
  const { content } = await mustSee(desk, who.id, notebook, preview)
  if (kernels.info() === null) throw refuse('runner-absent') // before a lease is taken for nothing
  const before = desk.leases.holder(id)
  const mode = await decideMode(desk, who, notebook, request)
  const wish = { who, notebook, mode, request }
  const state = await desk
    .serial(`open ${who.id}`, () => kernelFor(opening, wish))
    .catch((error: unknown) => {
      if (mode === 'edit' && before !== who.id) desk.leases.release(id, who.id)
      throw error
    })
  if (mode === 'edit') askAgain(desk, who, id)
  const source = mode === 'run' && !preview && may(who, notebook, 'source', desk.now()) ? content.source : null
  const { spec, phase } = state
  return {
    notebook: await view(desk, who, notebook),
    kernel: spec.id,
    mode,
    source,
    phase,
    autorun: spec.autorun,
    restricted: powersOf(spec) === 'restricted',
    ...(spec.preview ? { preview: spec.preview } : {}),
    label: await taintOf(desk, spec.id),
  }
}

/** Whoever may edit, sees the newest version by their clearance and finds the lease free takes it; everybody else reads. */
async function decideMode(desk: Desk, who: Principal, notebook: StoredNotebook, wished: Request): Promise<Role> {
  if (wished.mode === 'run' || wished.preview || !may(who, notebook, 'edit', desk.now())) return 'run'
  if (!(await followsNewest(desk, who.id, notebook))) return 'run'
  return desk.leases.apply(notebook.id, { type: 'open', person: who.id }) === null ? 'edit' : 'run'
}

/** A page that was loaded anew has not heard of who is asking to take over. */
function askAgain(desk: Desk, who: Principal, notebook: NotebookId): void {
  const asked = desk.leases.asked(notebook)
  if (asked)
    desk.events.publish([who.id], { type: 'lease-asked', notebook, by: account(desk, asked.by), answerBy: asked.answerBy })
}

/** One at a time for a person, so the count of their kernels holds. */
async function kernelFor(opening: Opening, wish: Wish): Promise<KernelState> {
  const { kernels } = opening
  const { who, notebook, mode, request } = wish
  const before = kernels.find({ person: who.id, notebook: notebook.id, mode, ...asProfile(request) })
  const alive = before !== null && isAlive(before)
  if (alive && !request.fresh) return before
  if (alive) await kernels.stop(before.spec.id, 'stopped')
  const running = kernels.list().filter((kernel) => kernel.spec.person === who.id && isAlive(kernel) && kernel !== before)
  if (running.length >= KERNEL.perPerson) throw refuse('too-many-kernels', { limit: KERNEL.perPerson })
  return start(opening, wish, before)
}

async function start(opening: Opening, wish: Wish, before: KernelState | null): Promise<KernelState> {
  const { document, kernels } = opening
  const { who, notebook } = wish
  const materialised = await document.materialise(notebook.id, who.id, wish.request.preview)
  if (!materialised) throw refuse('not-found')
  const started = await inTurn(opening.desk, notebook.id, () => give(opening, wish, before, materialised))
  if (started.type === 'absent') throw refuse('runner-absent')
  if (started.type === 'refused') throw passedOn(started.refusal)
  const cause = await wrong({ access: document, sessions: opening.signIn }, started.state) // it may have taken a while
  if (cause === null) return started.state
  await kernels.stop(started.state.spec.id, cause)
  throw refuse(NOT_STARTED[cause] ?? 'not-found')
}

/** What it counts with is on the disk before it is started: its source, and the files that it has in sight from then on. */
async function give(opening: Opening, wish: Wish, before: KernelState | null, given: Materialised): Promise<Started> {
  const { desk, kernels } = opening
  const files = await filesLabel(desk, wish.notebook.id)
  const shown = await isCleared(desk, { person: wish.who.id, ...asProfile(wish.request) }, files)
  const spec = { ...(await specOf(opening, wish, before, given)), ...(shown ? { files: 'shown' as const } : {}) }
  if (spec.preview) await recordPreview(desk, spec, spec.preview)
  await begin(desk, spec, given.label)
  if (shown) await seesFiles(desk, spec.id, files)
  const started = await kernels.start(spec, given.source)
  if (started.type === 'refused') await desk.store.governance.dropLabel(spec.id)
  return started
}

const NOT_STARTED: Partial<Record<Cause, 'signed-out' | 'forbidden'>> = { 'signed-out': 'signed-out', demoted: 'forbidden' }

/** Its source may hold what was read when it was written, so the kernel counts with that before it is started. */
async function begin({ store }: Desk, { id }: KernelSpec, label: Label): Promise<void> {
  if (!dominates(LOWEST, label)) await store.governance.raise(id, label, writtenSource(label))
}

/** On record before anything of it runs. */
async function recordPreview(
  { store, now }: Desk,
  { id: kernel, person, notebook }: KernelSpec,
  profile: Profile,
): Promise<void> {
  await store.audit.append({ kind: 'preview-opened', person, notebook, kernel, profile }, now())
}

/** What the person can do something about is said in the runner's words, under its own code. */
function passedOn({ code, message }: RunnerRefusal): Refused {
  if (code === 'machine-full' || code === 'single-person' || code === 'zygote-down') return refuse(code, { reason: message })
  return refuse('kernel-refused')
}

async function specOf({ desk }: Opening, wish: Wish, before: KernelState | null, given: Materialised): Promise<KernelSpec> {
  const { layout, trusted } = given
  const { who, notebook, mode, request } = wish
  const own = trusted && notebook.author === who.id // somebody else's change runs nothing by itself
  const wished = mode === 'run' || (own && ((await desk.store.preferences.get(who.id))?.autorun ?? false))
  return {
    id: mint('k'),
    person: who.id,
    notebook: notebook.id,
    mode,
    ...asProfile(request),
    ...(mode === 'edit' && !trusted ? { trust: 'restricted' as const } : {}),
    autorun: wished && request.run !== false && !diedAtStart(before),
    theme: request.theme,
    ...(layout === null ? {} : { layout }),
    limits: LIMITS,
  }
}

const asProfile = ({ preview }: Pick<Request, 'preview'>) => (preview ? { preview } : {})

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
