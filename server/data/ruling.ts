// What a decision stands on: the catalogue and its policies, who the person is, and the record that is made before anything is
// released. An error in any of it is a refusal, never a default.
import type { KernelId, PersonId } from '#protocol/ids.ts'
import type { ArtefactKind } from '#protocol/library/artefacts.ts'
import type { LibraryCall } from '#protocol/library.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import type { View } from '../policy/decide.ts'
import type { Look } from '../policy/question.ts'
import type { Subject } from '../policy/subject.ts'
import type { ARTEFACT_DENIALS, AuditRow, DENIALS } from '../seams/audit.ts'
import type { Done } from '../seams/dataPlane.ts'
import type { Ends } from './deeds.ts'
import type { Filling, RefusalCode } from './words.ts'

/** A refusal on its way to the kernel. */
export class Declined extends Error {
  readonly code: RefusalCode
  readonly filling: Filling
  constructor(code: RefusalCode, filling: Filling) {
    super(code)
    this.code = code
    this.filling = filling
  }
}

export type Denial = (typeof DENIALS)[number]

export type Ruling = {
  readonly key: Uint8Array // of the workspace's keyed hashes, 32 bytes
  now(): number
  epoch(): Promise<number>
  tables(): Promise<readonly Table[]>
  table(name: string): Promise<Table | null>
  policy(name: string): Promise<{ readonly policy: Policy; readonly version: number }>
  workspace(): Promise<{ readonly workspace: Workspace; readonly version: number }>
  subject(person: PersonId): Promise<Subject>
  nameOf(person: PersonId): string
  /** Whom to ask about what one cannot see. */
  contact(): string
  /** Records the read and raises the kernel's label, on the disk, before a plan is made. Throws where it cannot. The row's number. */
  admit(kernel: KernelSpec, view: View, policy: number, asked: Look): Promise<number>
  /** Records that it was refused. `table`: null where there is none of that name, which is the caller's own word. */
  refuse(kernel: KernelSpec, table: string | null, why: Denial): Promise<void>
  /** Records that a kernel asked for what none of its mode may. */
  barred(kernel: KernelSpec, call: LibraryCall): Promise<void>
  /** Records that a save was refused. */
  unsaved(kernel: KernelSpec, what: ArtefactKind, why: (typeof ARTEFACT_DENIALS)[number]): Promise<void>
  /** Records how an admitted read ended. */
  ended(kernel: KernelSpec, table: string, of: number, done: Done): Promise<void>
  label(kernel: KernelId): Promise<Label>
  /** It never falls. */
  raise(kernel: KernelId, label: Label): Promise<void>
  /** What whatever leaves a kernel counts with: all that it has read, and the workspace itself. */
  taint(kernel: KernelId): Promise<Label>
  /** The last that was decided for this kernel, the newest first, and how it ended. */
  decided(kernel: KernelSpec): Promise<{ readonly rows: readonly AuditRow[]; readonly ends: Ends }>
  /** What a kernel has read: texts of holding.ts. */
  held(kernel: KernelId): Promise<readonly string[]>
  /** A kernel that has ended. */
  forget(kernel: KernelId): Promise<void>
}
