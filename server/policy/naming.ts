// Names that a kernel made up, of a table and of its columns: they can spell whatever it had read, so they are told to whom the label allows.
// To others stands an id in their place, the same for the same name, which nobody who lacks the workspace's key can make of a guess.
import { createHmac } from 'node:crypto'
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Table } from '#protocol/policy/policy.ts'
import { isMade } from './release.ts'

/** How somebody is told of tables and columns. */
export type Naming = { table(name: string): string; column(table: string, name: string): string }

const DIGITS = 16 // hexadecimal, of an id
const TABLE_ID = new RegExp(`^table_[0-9a-f]{${DIGITS}}$`) // which no kernel can choose: its names stand in its person's namespace
const APART = Uint8Array.of(0xff) // as no text begins in UTF-8: hash masks of the same key, which people see, are of texts

const digest = (key: Uint8Array, ...names: readonly string[]): string =>
  createHmac('sha256', key).update(APART).update(JSON.stringify(names)).digest('hex').slice(0, DIGITS)

/** `key`: of the workspace, 32 bytes. */
export const tableId = (name: string, key: Uint8Array): string => `table_${digest(key, name)}`
/** Of one table: a column of that name elsewhere has another, so who names columns of their own compares nothing. */
const columnId = (table: string, name: string, key: Uint8Array): string => `column_${digest(key, table, name)}`

/**
 * May they see all its names, as who makes its rules does? What no kernel made, the operator named; a kernel's names count as the table does,
 * which dominates all that the kernel had read. (A column's own label is of its values.)
 */
export const mayRule = (table: Table, clearance: Label): boolean => !isMade(table) || dominates(clearance, table.label)

/** May they know that it is there? What is not hidden, the workspace's owner shows to all. */
export const mayName = (table: Table, clearance: Label): boolean => !table.hidden || mayRule(table, clearance)

const mayNameColumn = (table: Table, name: string, clearance: Label): boolean =>
  !isMade(table) || (mayRule(table, clearance) && table.columns.some((column) => column.name === name))

/** A name of which there is no table among `tables` is a kernel's own word, and told to nobody. */
export function naming(tables: ReadonlyMap<string, Table>, clearance: Label, key: Uint8Array): Naming {
  return {
    table(name) {
      const table = tables.get(name)
      return table && mayName(table, clearance) ? name : tableId(name, key)
    },
    column(of, name) {
      const table = tables.get(of)
      return table && mayNameColumn(table, name, clearance) ? name : columnId(of, name, key)
    },
  }
}

export const isTableId = (asked: string): boolean => TABLE_ID.test(asked)

/** That of these names which has this id; what is none is meant as it stands. */
export const meant = (asked: string, names: readonly string[], key: Uint8Array): string =>
  isTableId(asked) ? (names.find((name) => tableId(name, key) === asked) ?? asked) : asked
