// gateway <-> kernel runner, over the runner's unix socket (0600). Same frames, hello without a bearer is not needed:
// the socket's owner is the identity. The gateway opens one `runner` channel: its requests are the calls below (path =
// the call's name, body = JSON, for `start` a JSON line then the source's bytes), its text messages are RunnerEvents.
import * as z from 'zod/mini'
import { KernelId, NotebookId, PersonId, TabId } from './ids.ts'
import { Profile } from './policy/profile.ts'
import { ROLES } from './roles.ts'

const Count = z.int().check(z.gte(0))
const Bytes = Count

export const Limits = z.strictObject({
  memory: Bytes,
  processes: Count,
  cpuShare: z.number().check(z.gt(0)),
  files: Count,
  scratch: Bytes,
  output: Bytes,
})
export type Limits = z.infer<typeof Limits>

/** The notebook's file, in the working directory of its kernel's server: marimo saves under no other name. */
export const NOTEBOOK_FILE = 'notebook.py'

export const KernelSpec = z
  .strictObject({
    id: KernelId,
    person: PersonId,
    notebook: NotebookId,
    mode: z.enum(ROLES),
    trust: z.optional(z.literal('restricted')), // edit: it holds somebody else's change that its person has not trusted
    preview: z.optional(Profile), // run: it shows what its person and the profile both may see
    files: z.optional(z.literal('shown')), // its person is cleared for the files beside the notebook; else it has none of them
    autorun: z.boolean(), // run every cell at start; if not, a reader's kernel waits for /api/kernel/instantiate
    theme: z.enum(['light', 'dark']),
    layout: z.optional(z.string()), // layout JSON, validated by the gateway
    limits: Limits,
  })
  .check(z.refine(({ mode, preview }) => mode === 'run' || preview === undefined, 'a preview reads'))
export type KernelSpec = z.infer<typeof KernelSpec>

/** What a kernel's code may do, by how it was opened: a row of the table “What a kernel may do”. */
export const POWERS = ['edit', 'restricted', 'run', 'preview'] as const
export type Powers = (typeof POWERS)[number]
export const powersOf = ({ mode, trust, preview }: Pick<KernelSpec, 'mode' | 'trust' | 'preview'>): Powers => {
  if (preview) return 'preview'
  return mode === 'edit' ? (trust ?? 'edit') : 'run'
}

/** Are both kernels of the same way of opening: one person's, of one notebook? */
export const sameOpening = (one: Opening, other: Opening): boolean =>
  one.person === other.person &&
  one.notebook === other.notebook &&
  one.mode === other.mode &&
  JSON.stringify(one.preview) === JSON.stringify(other.preview) // in order, by who makes a spec
export type Opening = Pick<KernelSpec, 'person' | 'notebook' | 'mode' | 'preview'>

export const CAUSES = [
  'stopped',
  'idle',
  'unattended',
  'signed-out',
  'memory',
  'scratch',
  'crashed',
  'start-failed',
  'revoked',
  'demoted', // who edited may read only
  'withdrawn',
  'files-above', // the files in its sight came to count above its person
  'runner-lost',
] as const
export type Cause = (typeof CAUSES)[number]

/** The life of a kernel. `message` is one sentence for the person, never a data value. */
export const Phase = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('starting'), step: z.enum(['queued', 'sandbox', 'python', 'notebook']) }),
  z.strictObject({ phase: z.literal('ready'), level: z.int() }),
  z.strictObject({ phase: z.literal('exited'), cause: z.enum(CAUSES), message: z.string() }),
])
export type Phase = z.infer<typeof Phase>

/** What a kernel uses now. `idleSince`: ms since the epoch, null while a cell runs. */
export const Usage = z.strictObject({ memory: Bytes, cpu: z.number(), busy: z.boolean(), idleSince: z.nullable(z.number()) })
export type Usage = z.infer<typeof Usage>

export const KernelState = z.strictObject({
  spec: KernelSpec,
  phase: Phase,
  usage: z.catch(z.nullable(Usage), null), // one that cannot be is none: it must not hide the others of a list
  attached: z.nullable(TabId),
  detachedSince: z.nullable(z.number()),
  startedAt: z.number(),
  data: z.nullable(z.string()), // where the data plane may open this kernel's door; null: it has none
})
export type KernelState = z.infer<typeof KernelState>
export const isAlive = ({ phase }: Pick<KernelState, 'phase'>): boolean => phase.phase !== 'exited'

export const RunnerEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('phase'), kernel: KernelId, phase: Phase }),
  z.strictObject({ type: z.literal('usage'), kernel: KernelId, usage: Usage }),
  z.strictObject({ type: z.literal('attached'), kernel: KernelId, tab: z.nullable(TabId) }),
])
export type RunnerEvent = z.infer<typeof RunnerEvent>

export const RunnerInfo = z.strictObject({
  level: z.int().check(z.gte(0), z.lte(3)),
  why: z.array(z.string()), // what keeps it from the next level, in words; empty at 3
  packages: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  marimo: z.string(),
  python: z.string(),
  instance: z.string(), // changes at each start of the runner: kernels of another instance are gone
})
export type RunnerInfo = z.infer<typeof RunnerInfo>

/** The runner's calls: request path -> body and answer. An error answers status >= 400 with RunnerRefusal. */
export const RUNNER_CALLS = {
  '/info': { body: z.strictObject({}), answer: RunnerInfo },
  '/list': { body: z.strictObject({}), answer: z.strictObject({ kernels: z.array(KernelState) }) },
  '/start': { body: KernelSpec, answer: KernelState }, // body: JSON line, "\n", then the materialised source, UTF-8
  '/stop': { body: z.strictObject({ kernel: KernelId, cause: z.enum(CAUSES) }), answer: z.strictObject({}) },
} as const
export type RunnerCall = keyof typeof RUNNER_CALLS

export const RunnerRefusal = z.strictObject({
  code: z.enum(['machine-full', 'exists', 'unknown-kernel', 'bad-request', 'zygote-down', 'single-person']),
  message: z.string(),
})
export type RunnerRefusal = z.infer<typeof RunnerRefusal>
