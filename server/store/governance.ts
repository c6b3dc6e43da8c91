import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod/mini'
import { DeployedModel } from '#protocol/policy/deployed.ts'
import { Standing } from '#protocol/policy/edit.ts'
import { join, Label, LOWEST } from '#protocol/policy/label.ts'
import { type Audience, faults, Policy, Table } from '#protocol/policy/policy.ts'
import { RouteRules } from '#protocol/policy/route.ts'
import { NEW_WORKSPACE, Workspace } from '#protocol/policy/workspace.ts'
import type { DeployedChange, Relabelled } from '../seams/audit.ts'
import { canonical } from '../seams/chain.ts'
import {
  type Catalogue,
  type Change,
  type DeployedModels,
  type Edited,
  type Governance,
  HELD,
  type Labels,
  type ModelRules,
  type Subjects,
  type Workspaces,
} from '../seams/governance.ts'
import { type Append, appender } from './audit.ts'
import { transaction } from './database.ts'
import { type Edits, edits, epochOf } from './edits.ts'
import { json } from './json.ts'
import { type Answering, answering } from './requests.ts'

const NO_RULES: Policy = { grants: [], rows: [], masks: [] }
const UNKNOWN: Standing = { clearance: LOWEST, groups: [], attributes: {} }

const Deployed = z.nullable(DeployedModel)

type Ledger = {
  readonly tables: Edits<Table>
  readonly policies: Edits<Policy>
  readonly append: Append
  readonly requests: Answering
}

export function governance(database: DatabaseSync): Governance {
  const append = appender(database)
  const epoch = epochOf(database)
  const ledger = {
    tables: edits(database, 'table', Table),
    policies: edits(database, 'policy', Policy),
    append,
    requests: answering(database),
  }
  return {
    ...catalogue(database, ledger),
    ...subjects(database, append),
    ...labels(database),
    ...workspaces(database, append),
    ...modelRules(database, append),
    ...deployedModels(database, append),
    epoch: async () => epoch(),
  }
}

function catalogue(database: DatabaseSync, ledger: Ledger): Catalogue {
  const { tables, policies } = ledger
  return {
    tables: async () => tables.all().map(({ value }) => value),
    table: async (name) => tables.newest(name)?.value ?? null,
    addTable: async (table, at, policy) => transaction(database, () => add(ledger, table, at, policy)),
    tableHistory: async (name) => tables.history(name),
    changeTable: async (table, edit, policy) => transaction(database, () => change(ledger, table, edit, policy)),
    policy: async (name) => {
      const found = policies.newest(name)
      return { policy: found?.value ?? NO_RULES, version: found?.version ?? 0 }
    },
    setPolicy: async (name, policy, change, released) =>
      transaction(database, () => rule(ledger, name, policy, change, released)),
    policyHistory: async (name) => policies.history(name),
  }
}

function add(ledger: Ledger, table: Table, at: number, policy: Policy | undefined): 'added' | 'name-taken' {
  const { tables, append } = ledger
  const name = table.name.toLowerCase() // to engines one name, whatever its case
  if (tables.all().some(({ value }) => value.name.toLowerCase() === name)) return 'name-taken'
  const edit = { by: table.owner, at, reason: 'added' }
  tables.add(table.name, table, edit)
  append({ kind: 'table-added', table: table.name, person: table.owner }, at)
  if (policy && !rule(ledger, table.name, policy, edit).ok) throw new Error('a first policy cannot stand on its table')
  return 'added'
}

function change(ledger: Ledger, table: Table, edit: Change, policy: Policy | undefined): Edited {
  const { tables, policies, append } = ledger
  const { name } = table
  const newest = tables.newest(name)
  if (!newest) return { ok: false, why: 'absent' }
  if (stale(newest, edit)) return { ok: false, why: 'stale' }
  const unfit = refused(table, policy ?? policies.newest(name)?.value ?? NO_RULES)
  if (unfit) return unfit
  const version = tables.add(name, table, edit)
  const edited = { table: name, person: edit.by, version, reason: edit.reason }
  const labels = relabelled(newest.value, table)
  append(labels.length === 0 ? { kind: 'table-changed', ...edited } : { kind: 'table-relabelled', ...edited, labels }, edit.at)
  if (policy) rule(ledger, name, policy, { by: edit.by, at: edit.at, reason: edit.reason })
  return { ok: true, version }
}

/** Of the table (null) and its columns: which count otherwise than before. */
function relabelled(before: Table, after: Table): readonly Relabelled[] {
  const former = new Map(before.columns.map(({ name, label }) => [name, label]))
  const all = [
    { column: null, before: before.label, label: after.label },
    ...after.columns.map(({ name, label }) => ({ column: name, before: former.get(name) ?? label, label })),
  ]
  return all.filter((one) => canonical(one.before) !== canonical(one.label))
}

function rule(
  { tables, policies, append, requests }: Ledger,
  name: string,
  policy: Policy,
  edit: Change,
  released?: readonly Audience[],
): Edited {
  const table = tables.newest(name)
  if (!table) return { ok: false, why: 'absent' }
  if (stale(policies.newest(name), edit)) return { ok: false, why: 'stale' }
  const unfit = refused(table.value, policy)
  if (unfit) return unfit
  if (edit.answers !== undefined && !requests.isOpen(edit.answers, name)) return { ok: false, why: 'answered' }
  const version = policies.add(name, policy, edit)
  const edited = { table: name, person: edit.by, version, reason: edit.reason }
  append(released ? { kind: 'table-released', ...edited, to: released } : { kind: 'policy-changed', ...edited }, edit.at)
  if (edit.answers !== undefined) requests.end(edit.answers, { state: 'granted', by: edit.by, at: edit.at, words: '' })
  return { ok: true, version }
}

const stale = (newest: { readonly version: number } | null, { onto }: Change): boolean =>
  onto !== undefined && onto !== (newest?.version ?? 0)

function refused(table: Table, policy: Policy): Edited | null {
  const found = faults(table, policy)
  return found.length === 0 ? null : { ok: false, why: 'faults', faults: found }
}

function subjects(database: DatabaseSync, append: Append): Subjects {
  const people = edits(database, 'subject', Standing)
  return {
    subject: async (person) => people.newest(person)?.value ?? UNKNOWN,
    setSubject: async (person, standing, edit) =>
      transaction(database, () => {
        if (stale(people.newest(person), edit)) return { ok: false, why: 'stale' }
        const version = people.add(person, standing, edit)
        append({ kind: 'subject-changed', of: person, person: edit.by, version, reason: edit.reason }, edit.at)
        return { ok: true, version }
      }),
    subjectHistory: async (person) => people.history(person),
  }
}

function workspaces(database: DatabaseSync, append: Append): Workspaces {
  const only = edits(database, 'workspace', Workspace)
  const name = 'workspace'
  return {
    workspace: async () => {
      const found = only.newest(name)
      return { workspace: found?.value ?? NEW_WORKSPACE, version: found?.version ?? 0 }
    },
    setWorkspace: async (workspace, edit) =>
      transaction(database, () => {
        if (stale(only.newest(name), edit)) return { ok: false, why: 'stale' }
        const version = only.add(name, workspace, edit)
        append({ kind: 'workspace-changed', person: edit.by, version, reason: edit.reason }, edit.at)
        return { ok: true, version }
      }),
    workspaceHistory: async () => only.history(name),
  }
}

function modelRules(database: DatabaseSync, append: Append): ModelRules {
  const routes = edits(database, 'route', RouteRules)
  return {
    route: async (alias) => routes.newest(alias),
    setRoute: async (alias, rules, edit) =>
      transaction(database, () => {
        if (stale(routes.newest(alias), edit)) return { ok: false, why: 'stale' }
        const version = routes.add(alias, rules, edit)
        append({ kind: 'route-changed', model: alias, person: edit.by, version, reason: edit.reason }, edit.at)
        return { ok: true, version }
      }),
  }
}

function deployedModels(database: DatabaseSync, append: Append): DeployedModels {
  const models = edits(database, 'deployed', Deployed)
  const ofFile = database.prepare(
    `SELECT name, version FROM edits WHERE kind = 'deployed' AND json_extract(value, '$.file.digest') = ? ORDER BY epoch DESC LIMIT 1`,
  )
  return {
    deployed: async () => models.all().flatMap(({ value, ...edit }) => (value === null ? [] : [{ ...edit, value }])),
    fileLabel: async (digest) => {
      const last = ofFile.get(digest) as { name: string; version: number } | undefined
      const said = last && models.history(last.name).find(({ version }) => version === last.version)
      return said?.value?.rules.label ?? null
    },
    setDeployed: async (name, model, edit) =>
      transaction(database, () => {
        const newest = models.newest(name)
        const before = newest?.value ?? null
        if (stale(before === null && edit.onto === 0 ? null : newest, edit)) return { ok: false, why: 'stale' }
        const { digest } = (model ?? before)?.file ?? {}
        if (digest === undefined) return { ok: false, why: 'absent' }
        const version = models.add(name, model, edit)
        const edited = { person: edit.by, version, reason: edit.reason }
        append({ kind: 'deployed-changed', model: name, what: whatOf(before, model), digest, ...edited }, edit.at)
        return { ok: true, version }
      }),
  }
}

function whatOf(before: DeployedModel | null, after: DeployedModel | null): DeployedChange {
  if (after === null) return 'removed'
  if (before === null) return 'added'
  return before.file.digest === after.file.digest ? 'rules' : 'file'
}

function labels(database: DatabaseSync): Labels {
  const column = json('label', Label)
  const one = database.prepare('SELECT label FROM kernel_labels WHERE kernel = ?')
  const put = database.prepare(
    'INSERT INTO kernel_labels (kernel, label) VALUES (?, ?) ON CONFLICT (kernel) DO UPDATE SET label = excluded.label',
  )
  const drop = database.prepare('DELETE FROM kernel_labels WHERE kernel = ?')
  const reads = readsOf(database)
  const of = (kernel: string): Label => {
    const row = one.get(kernel) as { label: string } | undefined
    return row ? column.read(row.label, kernel) : LOWEST
  }
  return {
    label: async (kernel) => of(kernel),
    raise: async (kernel, label, held) =>
      transaction(database, () => {
        const joined = join(of(kernel), label)
        put.run(kernel, column.write(joined, kernel))
        if (held !== undefined) reads.add(kernel, held)
        return joined
      }),
    held: async (kernel) => reads.of(kernel),
    dropLabel: async (kernel) =>
      transaction(database, () => {
        drop.run(kernel)
        reads.drop(kernel)
      }),
  }
}

/** What each live kernel has read. */
function readsOf(database: DatabaseSync) {
  const put = database.prepare('INSERT INTO kernel_reads (kernel, held) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const all = database.prepare('SELECT held FROM kernel_reads WHERE kernel = ? ORDER BY held')
  const remove = database.prepare('DELETE FROM kernel_reads WHERE kernel = ?')
  const of = (kernel: string): string[] => (all.all(kernel) as { held: string }[]).map(({ held }) => held)
  return {
    of,
    add: (kernel: string, held: string) => {
      put.run(kernel, held)
      if (of(kernel).length > HELD) throw new Error(`a kernel has read in more than ${HELD} ways`)
    },
    drop: (kernel: string) => void remove.run(kernel),
  }
}
