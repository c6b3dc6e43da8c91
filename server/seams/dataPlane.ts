// The service next to the data: it runs what was decided here and streams the rows to the kernel's own door. It knows no person
// and no policy.
import type { ArtefactId, KernelId, PersonId } from '#protocol/ids.ts'
import type { Literal } from '#protocol/policy/values.ts'

/** Which SQL the engine behind it speaks (server/policy/dialect.ts). */
export const DIALECTS = ['duckdb', 'postgres'] as const
export type DialectName = (typeof DIALECTS)[number]

export type Statement = { readonly sql: string; readonly parameters: readonly Parameter[] }
/** bytes: hexadecimal. An integer is a decimal string where it needs 64 bits. */
export type Parameter = Literal | { readonly type: 'bytes'; readonly value: string }

/** What a decision stands on and an edit changes: the table with its policy, or the person. Whatever else changes is about all. */
export type About = `table ${string}` | `person ${PersonId}`
export const aboutTable = (name: string): About => `table ${name}`
export const aboutPerson = (person: PersonId): About => `person ${person}`

/** One decided read: once, for one kernel, within `life` seconds, under the epochs it was decided in. */
export type Plan = {
  readonly id: string
  readonly kernel: KernelId
  readonly sql: string
  readonly parameters: readonly Parameter[]
  readonly life: number // seconds
  readonly seconds: number // that it may run
  readonly rows: number | null // more end it; null: as many as there are
  readonly size: number | null // bytes that may be sent; null: as many as there are
  readonly policy: number
  readonly rights: number
  readonly about: readonly About[]
}

type Columns = readonly (readonly [name: string, type: string])[]
/** `spec` says what it must be (python/dataplane/worker.py); `bytes` are anything, and parsed by nobody. */
export type Handed =
  | { readonly kind: 'arrow'; readonly spec: { readonly columns: Columns; readonly rows: number } }
  | { readonly kind: 'picture'; readonly spec: { readonly pixels: number } }
  | { readonly kind: 'bytes'; readonly spec: Readonly<Record<string, never>> }
/** What a kernel may hand over: once, parsed by a worker without data. */
export type Intake = Pick<Plan, 'id' | 'kernel' | 'life' | 'seconds' | 'size' | 'policy' | 'rights' | 'about'> & Handed
/** `none`: the reason to refuse the whole where the step counts more than nothing. */
export type Step = Statement & { readonly none: string | null }
/** What was taken in, brought to where it belongs: all steps or none, and once for each `write`. `makes`: a new table that it becomes. */
export type Commit = {
  readonly plan: string // the intake's
  readonly write: string
  readonly kernel: KernelId
  readonly columns: Columns
  readonly makes: string | null
  readonly steps: readonly Step[]
  readonly seconds: number
  readonly policy: number
  readonly rights: number
  readonly about: readonly About[]
}

/** What was taken in, kept as a file under the id of an artefact. */
export type Keep = {
  readonly plan: string // the intake's
  readonly kernel: KernelId
  readonly artefact: ArtefactId
  readonly policy: number
  readonly rights: number
  readonly about: readonly About[]
}

/** `absent`: it is not there, or did not answer in time. */
export type Taken = 'taken' | 'busy' | 'absent'
export type Asked =
  | { readonly type: 'rows'; readonly rows: readonly (readonly unknown[])[] }
  | { readonly type: 'failed' | 'absent' }

export type Done = { readonly plan: string; readonly rows: number; readonly end: 'complete' | 'cut' | 'failed' }

/** Of an intake that was presented: it has `begun`, it was `taken`, or why not (python/dataplane/intake.py). `column`: the place of the one at fault. */
export type TakenIn = { readonly plan: string; readonly end: string; readonly column: number | null }
/** How a commit ended: `complete`, the reason of a step, or why not (python/dataplane/writes.py). */
export type Wrote = { readonly plan: string; readonly rows: number; readonly end: string }
/** `complete`: it is on the disk, so large and with this SHA-256; else why not (python/dataplane/keeping.py). */
export type Kept = { readonly plan: string; readonly bytes: number; readonly digest: string; readonly end: string }
export type Hear = {
  ready(): void
  lost?(): void
  done(done: Done): void
  takenIn?(taken: TakenIn): void
  wrote?(wrote: Wrote): void
  kept?(kept: Kept): void
}

export interface DataPlane {
  /** Connects; `ready` is called each time it is there anew, `lost` when it goes, `done` when a plan that was presented has ended. */
  begin(epoch: () => Promise<number>, hear: Hear): void
  /** What its engine speaks; null: it is not there, or speaks what is not known here, and nothing may be asked of it. */
  dialect(): DialectName | null
  /** Whether its engine takes writes; nothing does while it is not there. */
  writes(): boolean
  /** Opens a kernel's door at a path, or finds it open. */
  open(kernel: KernelId, path: string, rights: number): Promise<Taken>
  plan(plan: Plan): Promise<Taken>
  intake(intake: Intake): Promise<Taken>
  /** Begins it; its end is told. */
  commit(commit: Commit): Promise<Taken>
  /** Begins it; its end is told. */
  keep(keep: Keep): Promise<Taken>
  /** The rows that a write has brought; null: it has not happened, and that of `plan` never will. `absent`: nobody knows now. */
  written(write: string, kernel: KernelId, plan?: string): Promise<number | null | 'absent'>
  /** What was taken in is not wanted. */
  drop(plan: string): void
  /** A few rows for the gateway itself. */
  ask(statement: Statement, seconds: number): Promise<Asked>
  /** Every table with its columns and their types; null: it is not there. */
  tables(): Promise<Readonly<Record<string, unknown>> | null>
  /** Closes the door and cuts what runs; nothing of this kernel's may run again until it is opened anew. */
  forget(kernel: KernelId): void
  /** Cuts what was decided before this epoch; with `only`, from `since` on nothing else was edited, and the rest goes on. */
  policy(epoch: number, only?: { readonly since: number; readonly about: readonly About[] }): void
  close(): void
}
