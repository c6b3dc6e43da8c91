// What is decided about tables and people, at rest. Every edit is a new version, kept for ever, and writes its row of the audit
// in the same transaction. What is stored and does not read as what it should be is an error: it closes, it never opens.
import * as z from 'zod/mini'
import type { KernelId, PersonId } from '#protocol/ids.ts'
import { AttributeName } from '#protocol/policy/expr.ts'
import { Label } from '#protocol/policy/label.ts'
import { GroupName, type Policy, type Table } from '#protocol/policy/policy.ts'

export const HELD = 1000 // different reads of one kernel; one more is refused
const GROUPS = 200 // of one person
const VALUES = 100 // of one attribute
const AttributeValue = z.string().check(
  z.maxLength(1000),
  z.refine((text) => !text.includes('\0') && text.isWellFormed()),
)

/** What the workspace's owner says of a person; policies are judged by it. */
export const Standing = z.strictObject({
  clearance: Label,
  groups: z.readonly(z.array(GroupName).check(z.maxLength(GROUPS))),
  attributes: z.record(AttributeName, z.readonly(z.array(AttributeValue).check(z.maxLength(VALUES)))),
})
export type Standing = z.infer<typeof Standing>

/** `at`: ms since 1970. `reason`: the person's own words (seams/audit.ts `Reason`). */
export type Edit = { readonly by: PersonId; readonly at: number; readonly reason: string }
/** Versions of one thing count from 1. */
export type Versioned<T> = Edit & { readonly version: number; readonly value: T }

/** `faults`: why the policy cannot stand on the table, a sentence each. Nothing was changed. */
export type Edited =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly why: 'absent' }
  | { readonly ok: false; readonly why: 'faults'; readonly faults: readonly string[] }

export interface Catalogue {
  /** All, by name. Who may know of which is the caller's affair. */
  tables(): Promise<readonly Table[]>
  table(name: string): Promise<Table | null>
  /** By its owner; names differ by more than case. A new table has the empty policy: nobody reads it. */
  addTable(table: Table, at: number): Promise<'added' | 'name-taken'>
  /** Refused where its policy does not stand on the changed table; `policy` changes both at once, so that no mask is lifted first. */
  changeTable(table: Table, edit: Edit, policy?: Policy): Promise<Edited>
  /** Version 0: the empty policy, of a table that never had another and of one that there is not. */
  policy(name: string): Promise<{ readonly policy: Policy; readonly version: number }>
  setPolicy(name: string, policy: Policy, edit: Edit): Promise<Edited>
  /** Newest first. */
  policyHistory(name: string): Promise<readonly Versioned<Policy>[]>
}

export interface Subjects {
  /** Of whom nothing was said: the lowest clearance, no groups, no attributes. */
  subject(person: PersonId): Promise<Standing>
  /** The new version. */
  setSubject(person: PersonId, standing: Standing, edit: Edit): Promise<number>
  /** Newest first. */
  subjectHistory(person: PersonId): Promise<readonly Versioned<Standing>[]>
}

export interface Labels {
  /** The join of all that this kernel was raised to; the lowest before. */
  label(kernel: KernelId): Promise<Label>
  /**
   * On the disk when it resolves, so before a first byte is sent. It never falls. `held`: what is read, in the caller's own words;
   * the same is kept once, of one kernel at most HELD.
   */
  raise(kernel: KernelId, label: Label, held?: string): Promise<Label>
  /** All that was given with `raise`. */
  held(kernel: KernelId): Promise<readonly string[]>
  /** Only when the kernel's processes and its scratch are gone. */
  dropLabel(kernel: KernelId): Promise<void>
}

export interface Governance extends Catalogue, Subjects, Labels {
  /** Raised by every change of a table, a policy or a subject, and by nothing else: what was decided under another is stale. */
  epoch(): Promise<number>
}
