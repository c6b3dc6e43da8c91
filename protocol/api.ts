// The REST bodies between shell and gateway. Every route but the closed list (sign-in, static, healthz) needs
// `authorization: Bearer` of a signed-in person; the cookie opens /api/bearer and nothing else.
import * as z from 'zod/mini'
import { DocumentId, ErrorId, KernelId, NotebookId, PersonId, TabId, VersionId } from './ids.ts'
import { NOTEBOOK } from './limits.ts'
import { Label } from './policy/label.ts'
import { Profile } from './policy/profile.ts'
import { ROLES } from './roles.ts'
import { Phase, Usage } from './runner.ts'
import { EditorSettings } from './settings.ts'
import { STANDINGS } from './standings.ts'

const Time = z.number() // ms since the epoch
const Count = z.int().check(z.gte(0))
const Text = (max: number) => z.string().check(z.maxLength(max))

/** A notebook's name: trimmed, no control characters, no slash; unique among its author's notebooks. */
export const NotebookName = z.string().check(z.minLength(1), z.maxLength(NOTEBOOK.name), z.regex(/^(?! )[^\p{C}/\\]+(?<! )$/u))
export const FileName = z.string().check(z.minLength(1), z.maxLength(NOTEBOOK.name), z.regex(/^(?!\.)[^\p{C}/\\]+$/u))

export const Account = z.strictObject({ id: PersonId, name: z.string() }) // name: Owner, Analyst, Colleague, Auditor, Outsider
export const SignIn = z.strictObject({
  account: PersonId,
  replace: z.optional(z.boolean()), // where one person at a time is served: whoever is signed in is signed out
})
export const Bearer = z.strictObject({
  bearer: z.string(),
  expires: Time,
  person: Account,
  standing: z.enum(STANDINGS), // in the workspace: which pages there are for them
  member: z.boolean(), // of the workspace; who is not sees nothing of it and makes nothing in it
  preferences: z.lazy(() => Preferences),
})
export const Preferences = z.strictObject({
  autorun: z.boolean(),
  theme: z.enum(['system', 'light', 'dark']),
  editor: z._default(EditorSettings, {}),
})

export const RIGHTS = ['view', 'edit'] as const
/** `person` null: every member of the workspace. `expires`: the first moment without it. */
export const Share = z.strictObject({ person: z.nullable(Account), right: z.enum(RIGHTS), expires: z.nullable(Time) })
export type Share = z.infer<typeof Share>

export const Notebook = z.strictObject({
  id: NotebookId,
  name: z.string(),
  author: Account,
  mine: z.boolean(),
  rights: z.enum(['author', 'edit', 'view']),
  updated: Time,
  bytes: Count,
  cells: z.nullable(Count), // null: the source does not parse
  sees: z.enum(['newest', 'released', 'older', 'none']), // which version the caller gets, of which bytes, cells and updated are; released: the newest, above their clearance
  editor: z.nullable(z.object({ person: PersonId, name: z.string() })), // who holds the lease
  trashed: z.nullable(Time),
  named: z.boolean(), // shared with the caller by name
  shares: z.nullable(z.array(Share)), // that have not run out; null: not for the caller to see
})
export type Notebook = z.infer<typeof Notebook>

export const Version = z.strictObject({
  id: VersionId,
  number: Count,
  name: z.nullable(z.string()),
  author: Account,
  created: Time,
  bytes: Count,
})
export const Draft = z.strictObject({ id: VersionId, person: Account, created: Time, bytes: Count })
export const File = z.strictObject({ name: z.string(), bytes: Count, uploaded: Time, label: Label })

/** Open for editing takes the lease when it is free; otherwise the answer is `run` and says who holds it. */
export const OpenRequest = z.strictObject({
  mode: z.enum(['auto', 'run']),
  tab: TabId,
  theme: z.enum(['light', 'dark']),
  fresh: z.optional(z.boolean()), // end this person's kernel of the notebook first: restart
  run: z.optional(z.boolean()), // false: open without running
  preview: z.optional(Profile), // reads, with what the caller and such a reader both may see
})
export const Opened = z.strictObject({
  notebook: Notebook,
  kernel: KernelId,
  mode: z.enum(ROLES),
  source: z.nullable(z.string()), // shown beside run mode where the person may see it
  phase: Phase,
  autorun: z.boolean(), // whether its cells run by themselves
  restricted: z.boolean(), // edited, with somebody else's change that the caller has not trusted
  preview: z.optional(Profile),
  label: Label, // what whatever leaves the kernel counts with, now
})
export type Opened = z.infer<typeof Opened>

export const KernelView = z.strictObject({
  kernel: KernelId,
  notebook: NotebookId,
  mode: z.enum(ROLES),
  phase: Phase,
  usage: z.nullable(Usage),
  memoryLimit: Count,
  label: Label,
})
export type KernelView = z.infer<typeof KernelView>

/** Pushed on the events channel, as JSON text messages. A client that reconnects re-reads what it shows. */
export const ShellEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('notebooks-changed') }),
  z.strictObject({ type: z.literal('phase'), kernel: KernelId, notebook: NotebookId, phase: Phase }),
  z.strictObject({ type: z.literal('usage'), kernel: KernelId, notebook: NotebookId, usage: Usage }),
  z.strictObject({ type: z.literal('label'), kernel: KernelId, notebook: NotebookId, label: Label }), // it counts as something else now
  z.strictObject({ type: z.literal('idle-warning'), kernel: KernelId, notebook: NotebookId, stopsAt: Time }),
  z.strictObject({ type: z.literal('kernel-ending'), kernel: KernelId, notebook: NotebookId, within: Time }), // ms left to save
  z.strictObject({ type: z.literal('saved'), notebook: NotebookId, at: Time, version: VersionId }),
  z.strictObject({ type: z.literal('version-waits'), notebook: NotebookId }), // there is a newer one, which is not for this person
  z.strictObject({ type: z.literal('save-refused'), notebook: NotebookId, message: z.string(), id: ErrorId }),
  z.strictObject({ type: z.literal('lease'), notebook: NotebookId, holder: z.nullable(Account) }),
  z.strictObject({ type: z.literal('lease-asked'), notebook: NotebookId, by: Account, answerBy: Time }),
  z.strictObject({ type: z.literal('lease-refused'), notebook: NotebookId }),
  z.strictObject({ type: z.literal('lease-granted'), notebook: NotebookId }), // to the asker: open it again to edit
  z.strictObject({ type: z.literal('lease-lost'), notebook: NotebookId, to: Account, draft: z.nullable(VersionId) }),
  z.strictObject({ type: z.literal('signed-out'), by: z.nullable(Account) }), // by: who took the place where only one is served
])
export type ShellEvent = z.infer<typeof ShellEvent>

export const Refusal = z.strictObject({ code: Text(60), message: z.string(), id: ErrorId })
export type Refusal = z.infer<typeof Refusal>

export const Health = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  isolation: z.nullable(z.strictObject({ level: z.int(), why: z.array(z.string()) })), // null: the runner is not there
  tables: z.enum(['none', 'away', 'ready']), // managed ones; away: the data plane is, or nothing proves yet that policies hold
  versions: z.strictObject({
    scrydon: z.string(),
    marimo: z.nullable(z.string()),
    node: z.string(),
    python: z.nullable(z.string()),
  }),
})

/** `source`: the name of the file it was made from. */
export const LibraryDocument = z.strictObject({
  id: DocumentId,
  title: z.string(),
  source: z.string(),
  label: Label,
  by: Account,
  added: Time,
  bytes: Count,
  passages: Count,
  removable: z.boolean(), // by the caller
})
export type LibraryDocument = z.infer<typeof LibraryDocument>
/** What the caller may see of it. `clearance` null: not a member, for whom there is none. */
export const Library = z.strictObject({ clearance: z.nullable(Label), documents: z.array(LibraryDocument) })

export const Packages = z.array(z.strictObject({ name: z.string(), version: z.string() }))
export const Limit = z.strictObject({ name: z.string(), value: z.string(), what: z.string() })

const Nothing = z.strictObject({})

/**
 * What the shell needs before sign-in: where frames live. `frames` holds one `*`, replaced by a random label per frame;
 * without it all frames stand on one host and are `opaque`.
 */
export const Config = z.strictObject({ frames: z.string(), opaque: z.boolean(), marimo: z.string(), scrydon: z.string() })

/**
 * The table of calls, but for those of managed data (managed.ts, sight.ts): one line each, the shape of its body and answer. `:id` is a NotebookId,
 * `:kernel` a KernelId, `:document` a DocumentId.
 */
export const API = {
  'GET /api/config': { body: Nothing, answer: Config, who: 'anyone' },
  'GET /api/accounts': { body: Nothing, answer: z.array(Account), who: 'anyone' },
  'POST /api/sign-in': { body: SignIn, answer: Account, who: 'anyone' }, // sets the cookie
  'POST /api/bearer': { body: Nothing, answer: Bearer, who: 'cookie' },
  'POST /api/sign-out': { body: Nothing, answer: Nothing, who: 'person' },
  'PUT /api/preferences': { body: Preferences, answer: Preferences, who: 'person' },
  'GET /api/notebooks': { body: Nothing, answer: z.array(Notebook), who: 'person' }, // ?search=&trash=1
  'POST /api/notebooks': {
    body: z.strictObject({ name: z.optional(NotebookName), source: z.optional(z.string()) }),
    answer: Notebook,
    who: 'person',
  },
  'GET /api/notebooks/:id': { body: Nothing, answer: Notebook, who: 'person' },
  'PATCH /api/notebooks/:id': { body: z.strictObject({ name: NotebookName }), answer: Notebook, who: 'person' },
  'POST /api/notebooks/:id/duplicate': { body: Nothing, answer: Notebook, who: 'person' },
  'DELETE /api/notebooks/:id': { body: Nothing, answer: Nothing, who: 'person' }, // to the trash
  'POST /api/notebooks/:id/restore': { body: Nothing, answer: Notebook, who: 'person' },
  'GET /api/notebooks/:id/source': {
    body: Nothing,
    answer: z.strictObject({ name: z.string(), source: z.string() }),
    who: 'person',
  },
  'GET /api/notebooks/:id/versions': { body: Nothing, answer: z.array(Version), who: 'person' },
  'POST /api/notebooks/:id/versions': { body: z.strictObject({ name: NotebookName }), answer: Version, who: 'person' },
  'GET /api/notebooks/:id/versions/:version': { body: Nothing, answer: z.strictObject({ source: z.string() }), who: 'person' },
  'POST /api/notebooks/:id/versions/:version/restore': { body: Nothing, answer: Version, who: 'person' },
  'GET /api/notebooks/:id/drafts': { body: Nothing, answer: z.array(Draft), who: 'person' }, // one's own
  'POST /api/notebooks/:id/drafts': { body: z.strictObject({ source: z.string() }), answer: Draft, who: 'person' }, // what no save could carry
  'GET /api/notebooks/:id/files': { body: Nothing, answer: z.array(File), who: 'person' },
  'PUT /api/notebooks/:id/files/:name': { body: Nothing, answer: File, who: 'person' }, // body: the bytes
  'DELETE /api/notebooks/:id/files/:name': { body: Nothing, answer: Nothing, who: 'person' },
  'POST /api/notebooks/:id/open': { body: OpenRequest, answer: Opened, who: 'person' },
  'POST /api/notebooks/:id/trust': { body: Nothing, answer: Nothing, who: 'person' }, // what is stored now, by its editor
  'POST /api/notebooks/:id/lease/ask': { body: Nothing, answer: z.strictObject({ answerBy: Time }), who: 'person' },
  'POST /api/notebooks/:id/lease/answer': { body: z.strictObject({ give: z.boolean() }), answer: Nothing, who: 'person' },
  'GET /api/kernels': { body: Nothing, answer: z.array(KernelView), who: 'person' }, // one's own
  'POST /api/kernels/:kernel/stop': { body: Nothing, answer: Nothing, who: 'person' },
  'GET /api/library': { body: Nothing, answer: Library, who: 'person' },
  'POST /api/library/files/:name': { body: Nothing, answer: LibraryDocument, who: 'person' }, // ?level=&markings=A,B; body: the bytes
  'DELETE /api/library/:document': { body: Nothing, answer: Nothing, who: 'person' },
  'GET /api/packages': { body: Nothing, answer: Packages, who: 'person' },
  'GET /api/limits': { body: Nothing, answer: z.array(Limit), who: 'person' },
  'GET /healthz': { body: Nothing, answer: Health, who: 'anyone' },
} as const
export type Call = keyof typeof API
