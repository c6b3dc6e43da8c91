// A Ruling out of the store and the identities: who somebody is to policies, and the record that is made before a plan is.
import { createHmac } from 'node:crypto'
import type { KernelSpec } from '#protocol/runner.ts'
import type { Condition } from '../policy/condition.ts'
import type { View } from '../policy/decide.ts'
import type { Look } from '../policy/question.ts'
import type { AuditEntry } from '../seams/audit.ts'
import type { Identity } from '../seams/identity.ts'
import type { Store } from '../seams/store.ts'
import { endsOf } from './deeds.ts'
import { written } from './holding.ts'
import type { Ruling } from './ruling.ts'
import { subjectOf, taintOf } from './standing.ts'

type Options = { readonly store: Store; readonly identity: Identity; readonly key: Uint8Array; readonly now: () => number }

const LATEST = 200 // rows that are looked through

export function makeRuling({ store, identity, key, now }: Options): Ruling {
  const { governance, audit } = store
  return {
    key,
    now,
    epoch: () => governance.epoch(),
    tables: () => governance.tables(),
    table: (name) => governance.table(name),
    policy: (name) => governance.policy(name),
    workspace: () => governance.workspace(),
    subject: (person) => subjectOf({ identity, store }, person),
    nameOf: (person) => identity.find(person)?.name ?? 'its owner',
    contact: () => identity.accounts().find(({ standing }) => standing === 'owner')?.name ?? 'the owner of this workspace',
    async admit(spec, view, policy, asked) {
      const entry = decided(askerOf(spec), view, policy, asked, key)
      const { seq } = await audit.append(entry, now())
      await governance.raise(spec.id, asked.label, written(view, asked))
      return seq
    },
    async refuse(spec, table, why) {
      const decision = { allowed: false, why } as const
      await audit.append({ kind: 'read-decided', ...askerOf(spec), version: null, table, decision }, now())
    },
    async barred(spec, call) {
      await audit.append({ kind: 'call-barred', ...askerOf(spec), version: null, call }, now())
    },
    async unsaved({ id: kernel, person, notebook }, what, why) {
      await audit.append({ kind: 'artefact-refused', person, notebook, version: null, kernel, what, why }, now())
    },
    async ended({ person }, table, of, { rows, end }) {
      await audit.append({ kind: 'read-done', person, table, of, rows, end }, now())
    },
    label: (kernel) => governance.label(kernel),
    raise: async (kernel, label) => void (await governance.raise(kernel, label)),
    taint: (kernel) => taintOf({ store }, kernel),
    async decided({ id, person }) {
      const [rows, latest] = await Promise.all([
        audit.list({ kernel: id, limit: LATEST }),
        audit.list({ person, limit: LATEST }), // how something ended names its person, and the row that it ends
      ])
      return { rows, ends: endsOf(latest) }
    },
    held: (kernel) => governance.held(kernel),
    forget: (kernel) => governance.dropLabel(kernel),
  }
}

type Who = ReturnType<typeof askerOf>

/** Whose kernel asked, as the record has it. */
export const askerOf = ({ id: kernel, person, notebook, preview }: KernelSpec) => ({
  kernel,
  person,
  notebook,
  ...(preview ? { preview: true as const } : {}),
})

function decided(who: Who, view: View, policy: number, { columns, where, label }: Look, key: Uint8Array): AuditEntry {
  const decision = {
    allowed: true,
    columns: columns.map(({ name }) => name),
    masks: columns.flatMap(({ name, mask }) => (mask === null ? [] : [{ column: name, kind: mask.kind }])),
    policy,
    rules: view.because,
    literals: where === null ? null : digest(literalsOf(where), key),
    label,
  } as const
  return { kind: 'read-decided', ...who, version: null, table: view.table, decision }
}

const digest = (value: unknown, key: Uint8Array) => createHmac('sha256', key).update(JSON.stringify(value)).digest('hex')

function literalsOf(condition: Condition): readonly unknown[] {
  switch (condition.op) {
    case 'and':
    case 'or':
      return condition.of.flatMap(literalsOf)
    case 'not':
      return literalsOf(condition.of)
    case 'in':
      return condition.among
    case 'isNull':
      return []
    default:
      return [condition.left, condition.right].flatMap((side) => ('literal' in side ? [side.literal] : []))
  }
}
