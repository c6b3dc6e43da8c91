import type { DatabaseSync } from 'node:sqlite'
import { join } from '#protocol/policy/label.ts'
import { canonical } from '../seams/chain.ts'
import type { Input, Inputs } from '../seams/inputs.ts'
import type { MadeTable, MadeTables } from '../seams/made.ts'
import { inputsOf } from './artefacts.ts'
import { transaction } from './database.ts'

export function made(database: DatabaseSync): MadeTables {
  const put = database.prepare(
    'INSERT OR REPLACE INTO made_tables (name, kernel, notebook, maker, inputs, at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const change = database.prepare('UPDATE made_tables SET inputs = ? WHERE name = ?')
  const select = 'SELECT name AS "table", kernel, notebook, maker, inputs, at FROM made_tables'
  const one = database.prepare(`${select} WHERE name = ?`)
  const all = database.prepare(`${select} ORDER BY at DESC, name`)
  const find = (table: string): MadeTable | null => {
    const row = one.get(table)
    return row ? read(row) : null
  }
  return {
    made: async ({ table, kernel, notebook, maker, inputs, at }) =>
      void put.run(table, kernel, notebook, maker, inputsOf.write(inputs, table), at),
    added: async (table, inputs) =>
      transaction(database, () => {
        const found = find(table)
        if (found) change.run(inputsOf.write(joined(found.inputs, inputs), table), table)
      }),
    find: async (table) => find(table),
    list: async () => all.all().map(read),
  }
}

function read(row: unknown): MadeTable {
  const found = row as MadeTable & { inputs: string }
  return { ...found, inputs: inputsOf.read(found.inputs, found.table) }
}

function joined(before: Inputs, more: Inputs): Inputs {
  const tables = new Map([...before.tables, ...more.tables].map((input) => [canonical(input), input]))
  const library = before.library && more.library ? join(before.library, more.library) : (before.library ?? more.library)
  return { tables: [...tables.values()].sort(order), library }
}

const order = (one: Input, other: Input): number =>
  one.table === other.table ? one.policy - other.policy : one.table < other.table ? -1 : 1
