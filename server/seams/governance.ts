// What is decided about tables and people, at rest. Every edit is a new version, kept for ever, and writes its row of the audit
// in the same transaction. What is stored and does not read as what it should be is an error: it closes, it never opens.
import type { KernelId, PersonId, RequestId } from '#protocol/ids.ts'
import type { DeployedModel } from '#protocol/policy/deployed.ts'
import type { Standing } from '#protocol/policy/edit.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Audience, Policy, Table } from '#protocol/policy/policy.ts'
import type { RouteRules } from '#protocol/policy/route.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'

export const HELD = 1000 // different reads of one kernel; one more is refused

/** `at`: ms since 1970. `reason`: the person's own words (protocol/policy/edit.ts). */
export type Edit = { readonly by: PersonId; readonly at: number; readonly reason: string }
/**
 * `onto`: the version that it was made from, 0 before the first; refused where another is the newest. `answers`: the open request about
 * that table which it grants; where it is not open any more nothing is changed.
 */
export type Change = Edit & { readonly onto?: number; readonly answers?: RequestId }
/** Versions of one thing count from 1. */
export type Versioned<T> = Edit & { readonly version: number; readonly value: T }

/** `faults`: why the policy cannot stand on the table, a sentence each. Nothing was changed. */
export type Edited =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly why: 'absent' | 'stale' | 'answered' }
  | { readonly ok: false; readonly why: 'faults'; readonly faults: readonly string[] }

export interface Catalogue {
  /** All, by name. Who may know of which is the caller's affair. */
  tables(): Promise<readonly Table[]>
  table(name: string): Promise<Table | null>
  /** By its owner; names differ by more than case. Without a policy a new table has the empty one: nobody reads it. */
  addTable(table: Table, at: number, policy?: Policy): Promise<'added' | 'name-taken'>
  /** Refused where its policy does not stand on the changed table; `policy` changes both at once, so that no mask is lifted first. */
  changeTable(table: Table, change: Change, policy?: Policy): Promise<Edited>
  /** Newest first; version 1 is as it was added. */
  tableHistory(name: string): Promise<readonly Versioned<Table>[]>
  /** Version 0: the empty policy, of a table that never had another and of one that there is not. */
  policy(name: string): Promise<{ readonly policy: Policy; readonly version: number }>
  /** `released`: it is a release of the table to these, and stands on record as one. */
  setPolicy(name: string, policy: Policy, change: Change, released?: readonly Audience[]): Promise<Edited>
  /** Newest first. */
  policyHistory(name: string): Promise<readonly Versioned<Policy>[]>
}

export interface Subjects {
  /** Of whom nothing was said: the lowest clearance, no groups, no attributes. */
  subject(person: PersonId): Promise<Standing>
  setSubject(person: PersonId, standing: Standing, change: Change): Promise<Edited>
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

export interface Workspaces {
  /** Version 0: of which nothing was said. */
  workspace(): Promise<{ readonly workspace: Workspace; readonly version: number }>
  setWorkspace(workspace: Workspace, change: Change): Promise<Edited>
  /** Newest first. */
  workspaceHistory(): Promise<readonly Versioned<Workspace>[]>
}

/** What owners say of language models, by their alias. Which there are the store does not know. */
export interface ModelRules {
  /** Null: of which nothing was said. */
  route(alias: string): Promise<Versioned<RouteRules> | null>
  setRoute(alias: string, rules: RouteRules, change: Change): Promise<Edited>
}

/** Models that owners deployed, by their name. Where their files are the store does not know. */
export interface DeployedModels {
  /** Those that there are, by name. */
  deployed(): Promise<readonly Versioned<DeployedModel>[]>
  /** What models of a file were last said to count as, those that were taken away, too; null: there was none. */
  fileLabel(digest: string): Promise<Label | null>
  /** Null: to take it away. `onto` 0: where there is none, also where one of that name was taken away. */
  setDeployed(name: string, model: DeployedModel | null, change: Change): Promise<Edited>
}

export interface Governance extends Catalogue, Subjects, Labels, Workspaces, ModelRules, DeployedModels {
  /** Raised by every change of a table, a policy, a subject or the workspace, and by nothing else: what was decided under another is stale. */
  epoch(): Promise<number>
}
