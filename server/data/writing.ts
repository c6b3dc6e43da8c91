// The record of writes: a row before one is made possible, and one of how it ended; and the catalogue's entry of a table that was made.
import type { WriteMode } from '#protocol/library/writes.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import type { Birth } from '../policy/write.ts'
import type { AuditEntry, WRITE_DENIALS } from '../seams/audit.ts'
import type { Inputs } from '../seams/inputs.ts'
import type { Store } from '../seams/store.ts'

export type WriteDenial = (typeof WRITE_DENIALS)[number]
export type WriteEnd = Extract<AuditEntry, { kind: 'write-done' }>['end']
export type Writ = { readonly write: string; readonly mode: WriteMode }
type Allowed = {
  readonly table: string
  readonly columns: readonly string[]
  readonly policy: number
  readonly rules: readonly string[]
  readonly label: Label
}

export type Writing = {
  /** The row's number. Throws where it cannot be written: then nothing is. */
  admit(kernel: KernelSpec, writ: Writ, allowed: Allowed): Promise<number>
  refuse(kernel: KernelSpec, writ: Writ, table: string | null, why: WriteDenial): Promise<void>
  ended(kernel: KernelSpec, table: string, of: number, rows: number, end: WriteEnd): Promise<void>
  /** What the rows are made from, on the disk before they come in. */
  sources(kernel: KernelSpec, mode: WriteMode, table: string, inputs: Inputs): Promise<void>
  /** The table and its first policy, both or neither. The epochs before and after. */
  publish(birth: Birth): Promise<{ readonly taken: boolean; readonly before: number; readonly after: number }>
}

export function makeWriting({ governance, audit, made }: Store, now: () => number): Writing {
  const decided = ({ id: kernel, person, notebook }: KernelSpec, { write, mode }: Writ) =>
    ({ kind: 'write-decided', person, notebook, version: null, kernel, write, mode }) as const
  return {
    async admit(spec, writ, { table, ...allowed }) {
      const { seq } = await audit.append({ ...decided(spec, writ), table, decision: { allowed: true, ...allowed } }, now())
      return seq
    },
    async refuse(spec, writ, table, why) {
      await audit.append({ ...decided(spec, writ), table, decision: { allowed: false, why } }, now())
    },
    async ended({ person }, table, of, rows, end) {
      await audit.append({ kind: 'write-done', person, table, of, rows, end }, now())
    },
    async sources({ id: kernel, notebook, person: maker }, mode, table, read) {
      const inputs = { ...read, tables: read.tables.filter((input) => input.table !== table) }
      if (mode === 'create') await made.made({ table, kernel, notebook, maker, inputs, at: now() })
      else await made.added(table, inputs)
    },
    async publish({ table, policy }) {
      const before = await governance.epoch()
      const taken = (await governance.addTable(table, now(), policy)) === 'name-taken'
      return { taken, before, after: await governance.epoch() }
    },
  }
}
