// Which words of a row of the record a kernel may have chosen: names of tables and of their columns. Total: a new kind of row does not compile
// until it says which it holds. Everything else in a row is the gateway's own, one of a closed set, or what a person wrote in the shell
// (reasons, names of models and groups, ids of rules).
import type { Naming } from '../policy/naming.ts'
import type { AuditEntry } from '../seams/audit.ts'

type Kind = AuditEntry['kind']
type Entry<K extends Kind> = Extract<AuditEntry, { kind: K }>
type Telling = { readonly [K in Kind]: (entry: Entry<K>, names: Naming) => Entry<K> }

/** The same row, with its names as somebody is told of them. */
export const told = <T extends AuditEntry>(entry: T, names: Naming): T =>
  (TELLING[entry.kind] as (entry: AuditEntry, names: Naming) => T)(entry, names)

/** The tables that are named in a row. */
export function tablesIn(entry: AuditEntry): readonly string[] {
  const found = new Set<string>()
  const note = (table: string, name: string) => {
    found.add(table)
    return name
  }
  told(entry, { table: (name) => note(name, name), column: note })
  return [...found]
}

const nameless = <T extends AuditEntry>(entry: T): T => entry
const ofTable = <T extends AuditEntry & { readonly table: string }>(entry: T, names: Naming): T => ({
  ...entry,
  table: names.table(entry.table),
})

const TELLING: Telling = {
  'read-decided': (entry, names) => {
    const { table, decision } = entry
    if (table === null) return entry
    const named = { ...entry, table: names.table(table) }
    if (!decision.allowed) return named
    const columns = decision.columns.map((name) => names.column(table, name))
    const masks = decision.masks.map(({ column, kind }) => ({ column: names.column(table, column), kind }))
    return { ...named, decision: { ...decision, columns, masks } }
  },
  'read-done': ofTable,
  'write-decided': (entry, names) => {
    const { table, decision } = entry
    if (table === null) return entry
    const named = { ...entry, table: names.table(table) }
    if (!decision.allowed) return named
    return { ...named, decision: { ...decision, columns: decision.columns.map((name) => names.column(table, name)) } }
  },
  'write-done': ofTable,
  'search-sent': nameless,
  'search-decided': nameless,
  'document-sent': nameless,
  'document-added': nameless,
  'document-removed': nameless,
  'model-decided': nameless,
  'model-done': nameless,
  'call-barred': nameless,
  'version-released': nameless,
  'preview-opened': nameless,
  'artefact-saved': (entry, names) => ({
    ...entry,
    inputs: entry.inputs.map((input) => ({ ...input, table: names.table(input.table) })),
  }),
  'artefact-refused': nameless,
  'artefact-opened': nameless,
  'artefact-released': nameless,
  'artefact-relabelled': nameless,
  'artefact-removed': nameless,
  'inference-decided': nameless, // its columns are those that the model takes
  'inference-done': nameless,
  'policy-changed': ofTable,
  'subject-changed': nameless,
  'table-added': ofTable,
  'table-changed': ofTable,
  'table-released': ofTable,
  'table-relabelled': (entry, names) => ({
    ...ofTable(entry, names),
    labels: entry.labels.map((one) => ({ ...one, column: one.column === null ? null : names.column(entry.table, one.column) })),
  }),
  'workspace-changed': nameless,
  'route-changed': nameless,
  'deployed-changed': nameless,
  'notebook-shared': nameless,
  'notebook-unshared': nameless,
  'access-asked': ofTable,
  'access-withdrawn': ofTable,
  'access-refused': ofTable,
  'access-granted': ofTable,
}
