import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod/mini'
import { join, Label } from '#protocol/policy/label.ts'
import type { Origins } from '../seams/governance.ts'
import { Input } from '../seams/inputs.ts'
import { transaction } from './database.ts'
import { json } from './json.ts'

const Kept = z.union([Input, z.strictObject({ library: Label })])
type Kept = z.infer<typeof Kept>

export function origins(database: DatabaseSync): Origins {
  const column = json('input of the table', Kept)
  const put = database.prepare('INSERT INTO table_inputs (name, input) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const all = database.prepare('SELECT input FROM table_inputs WHERE name = ? ORDER BY input')
  return {
    addInputs: async (table, { tables, library }) =>
      transaction(database, () => {
        const kept: readonly Kept[] = library === null ? tables : [...tables, { library }]
        for (const one of kept) put.run(table, column.write(one, table))
      }),
    inputs: async (table) => {
      const kept = (all.all(table) as { input: string }[]).map(({ input }) => column.read(input, table))
      const [passages, ...more] = kept.flatMap((one) => ('library' in one ? [one.library] : []))
      const tables = kept.flatMap((one) => ('library' in one ? [] : [one]))
      const order = (one: Input, other: Input) => (one.table < other.table ? -1 : 1) * Number(one.table !== other.table)
      return {
        tables: tables.toSorted((one, other) => order(one, other) || one.policy - other.policy),
        library: passages ? more.reduce(join, passages) : null,
      }
    },
  }
}
