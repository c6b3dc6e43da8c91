// Opening, the editing lease, one's own kernels, and what the shell says about the machine.
import type { KernelId, NotebookId } from '#protocol/ids.ts'
import { ARTEFACT, KERNEL, LEASE, NOTEBOOK } from '#protocol/limits.ts'
import type { KernelState } from '#protocol/runner.ts'
import type { SIGHT_API } from '#protocol/sight.ts'
import { sizeText } from '#protocol/size.ts'
import { taintOf } from '../../data/standing.ts'
import { refuse } from '../../errors.ts'
import { open } from '../../kernels/open.ts'
import type { Desk } from '../../notebooks/desk.ts'
import type { Denied } from '../../notebooks/leases.ts'
import { findEditable } from '../../notebooks/seen.ts'
import { trustNewest } from '../../notebooks/trust.ts'
import type { Principal } from '../../seams/identity.ts'
import { counted } from '../../text.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

type Calls =
  | 'POST /api/notebooks/:id/open'
  | 'POST /api/notebooks/:id/trust'
  | 'POST /api/notebooks/:id/lease/ask'
  | 'POST /api/notebooks/:id/lease/answer'
  | 'GET /api/kernels'
  | 'POST /api/kernels/:kernel/stop'
  | Extract<keyof typeof SIGHT_API, `${string}/kernels/${string}`>
  | 'GET /api/packages'
  | 'GET /api/limits'
  | 'GET /healthz'

export const kernelHandlers = (deps: Deps): Pick<Handlers, Calls> => ({
  'POST /api/notebooks/:id/open': ({ who, params, body }) => open(deps, who, params.id, body),
  'POST /api/notebooks/:id/trust': async ({ who, params }) => {
    await trustNewest(deps.desk, who, params.id)
    return {}
  },
  'POST /api/notebooks/:id/lease/ask': async ({ who, params }) => ({ answerBy: await ask(deps.desk, who, params.id) }),
  'POST /api/notebooks/:id/lease/answer': async ({ who, params, body }) => {
    await findEditable(deps.desk, who, params.id)
    settle(deps.desk.leases.apply(params.id, { type: 'answer', person: who.id, give: body.give }))
    return {}
  },
  'GET /api/kernels': ({ who }) =>
    Promise.all(
      deps.kernels
        .list()
        .filter(ownedBy(who))
        .map((state) => view(deps, state)),
    ),
  'POST /api/kernels/:kernel/stop': async ({ who, params }) => {
    await deps.kernels.stop(own(deps, who, params.kernel).spec.id, 'stopped')
    return {}
  },
  'GET /api/kernels/:kernel/sight': async ({ who, params }) => deps.data.sight(own(deps, who, params.kernel)),
  'POST /api/kernels/:kernel/requests': async ({ who, params, body }) =>
    deps.data.requests.ask(who, own(deps, who, params.kernel), body.table, body.words.trim()),
  'GET /api/packages': async () => {
    const packages = await deps.kernels.packages()
    if (!packages) throw refuse('runner-absent')
    return packages
  },
  'GET /api/limits': async () => LIMITS,
  'GET /healthz': async () => {
    const info = deps.kernels.info()
    return {
      status: info ? 'ok' : 'degraded',
      isolation: info && { level: info.level, why: info.why },
      tables: deps.data.tables(),
      versions: {
        scrydon: deps.versions.scrydon,
        marimo: info?.marimo ?? null,
        node: process.versions.node,
        python: info?.python ?? null,
      },
    }
  },
})

const ownedBy = (who: Principal) => (state: KernelState) => state.spec.person === who.id

/** Another's is none. */
function own(deps: Deps, who: Principal, kernel: KernelId): KernelState {
  const state = deps.kernels.get(kernel)
  if (!state || !ownedBy(who)(state)) throw refuse('not-found')
  return state
}

const view = async ({ desk }: Deps, { spec, phase, usage }: KernelState) => ({
  kernel: spec.id,
  notebook: spec.notebook,
  mode: spec.mode,
  phase,
  usage,
  memoryLimit: spec.limits.memory,
  label: await taintOf(desk, spec.id),
})

async function ask(desk: Desk, who: Principal, id: NotebookId): Promise<number> {
  await findEditable(desk, who, id)
  settle(desk.leases.apply(id, { type: 'ask', person: who.id }))
  return desk.leases.asked(id)?.answerBy ?? desk.now()
}

function settle(denied: Denied): void {
  if (denied === 'held') throw refuse('already-asked')
  if (denied !== null) throw refuse(denied)
}

const minutes = (ms: number) => `${ms / 60_000} min`
const seconds = (ms: number) => `${ms / 1000} s`

const LIMITS = [
  {
    name: 'Kernel memory',
    value: sizeText(KERNEL.memory),
    what: 'Above it the kernel is ended. Read less, or free what is not needed.',
  },
  { name: 'Kernel processes', value: String(KERNEL.processes), what: 'Starting more fails inside the kernel.' },
  { name: 'Kernel CPU share', value: `${KERNEL.cpuShare} core`, what: 'More work takes longer.' },
  {
    name: 'Scratch files of a kernel',
    value: sizeText(KERNEL.scratch),
    what: 'Above it the kernel is ended. Scratch is wiped when the kernel ends.',
  },
  { name: 'One output', value: sizeText(KERNEL.output), what: 'A larger one is replaced by a marker.' },
  { name: 'Kernels of one person', value: String(KERNEL.perPerson), what: 'Shut one down to open another.' },
  {
    name: 'Idle stop while editing',
    value: minutes(KERNEL.idleEdit),
    what: `You are told ${minutes(KERNEL.idleWarning)} before. A running cell counts as use.`,
  },
  {
    name: 'Idle stop while reading',
    value: minutes(KERNEL.idleRun),
    what: `You are told ${minutes(KERNEL.idleWarning)} before.`,
  },
  { name: 'Run without an open view', value: minutes(KERNEL.unattendedRun), what: 'Then the kernel is stopped.' },
  { name: "Reader's kernel after its view closes", value: seconds(KERNEL.readerGrace), what: 'Then it is stopped.' },
  {
    name: 'Source of a notebook',
    value: sizeText(NOTEBOOK.source),
    what: 'A larger save or import is refused; what is stored stays.',
  },
  { name: 'One uploaded file', value: sizeText(NOTEBOOK.upload), what: 'A larger one is refused.' },
  { name: 'Notebooks of one author', value: String(NOTEBOOK.perAuthor), what: 'The trash counts. More are refused.' },
  {
    name: 'All that one author keeps',
    value: sizeText(NOTEBOOK.stored),
    what: 'Versions, drafts and files. More is refused, saves are not.',
  },
  { name: 'One artefact', value: sizeText(ARTEFACT.bytes), what: 'A larger one is refused: save less, or in parts.' },
  {
    name: 'Artefacts of one person',
    value: `${sizeText(ARTEFACT.stored)}, ${counted(ARTEFACT.perPerson)} of them`,
    what: 'Remove some on the page of artefacts to save more.',
  },
  { name: 'All files of a notebook', value: sizeText(NOTEBOOK.uploads), what: 'Delete some to upload more.' },
  { name: 'Editing without a sign of life', value: seconds(LEASE.silence), what: 'Then another editor may take over.' },
  { name: 'Answer to “take over”', value: seconds(LEASE.ask), what: 'Without an answer it is yes.' },
]
