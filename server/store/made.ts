import type { DatabaseSync } from 'node:sqlite'
import { join } from '#protocol/policy/label.ts'
import type { Inputs } from '../seams/artefacts.ts'
import type { MadeTable, MadeTables } from '../seams/made.ts'
import { inputsOf } from './artefacts.ts'
import { transaction } from './database.ts'

export function made(database: DatabaseSync): MadeTables {
  const put = database.prepare(
    'INSERT OR REPLACE INTO made_tables (name, kernel, notebook, maker, inputs, at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const one = database.prepare('SELECT inputs FROM made_tables WHERE name = ?')
  const change = database.prepare('UPDATE made_tables SET inputs = ? WHERE name = ?')
  const all = database.prepare(
    'SELECT name AS "table", kernel, notebook, maker, inputs, at FROM made_tables ORDER BY at DESC, name',
  )
  return {
    made: async ({ table, kernel, notebook, maker, inputs, at }) =>
      void put.run(table, kernel, notebook, maker, inputsOf.write(inputs, table), at),
    added: async (table, inputs) =>
      transaction(database, () => {
        const row = one.get(table) as { inputs: string } | undefined
        if (row) change.run(inputsOf.write(joined(inputsOf.read(row.inputs, table), inputs), table), table)
      }),
    list: async () =>
      all.all().map((row) => {
        const found = row as unknown as MadeTable & { inputs: string }
        return { ...found, inputs: inputsOf.read(found.inputs, found.table) }
      }),
  }
}

function joined(before: Inputs, more: Inputs): Inputs {
  const policies = new Map(before.tables.map(({ table, policy }) => [table, policy]))
  for (const { table, policy } of more.tables) policies.set(table, Math.max(policy, policies.get(table) ?? 0))
  const tables = [...policies]
    .map(([table, policy]) => ({ table, policy }))
    .sort((one, other) => (one.table < other.table ? -1 : 1))
  const library = before.library && more.library ? join(before.library, more.library) : (before.library ?? more.library)
  return { tables, library }
}
