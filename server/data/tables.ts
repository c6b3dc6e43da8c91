// What a kernel asks of managed tables, decided for the person it is.
import type { TABLES_CALLS } from '#protocol/library/tables.ts'
import type { Answered } from '#protocol/library.ts'
import { dominates } from '#protocol/policy/label.ts'
import { type KernelSpec, powersOf } from '#protocol/runner.ts'
import { writableRows } from '../policy/write.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Answers } from './answers.ts'
import type { Reads } from './reads.ts'
import type { Ruling } from './ruling.ts'
import { columnsOf, declined, lookFrom } from './sight.ts'

type Plane = Pick<DataPlane, 'writes'> | null

export function makeTables(ruling: Ruling, reads: Reads, plane: Plane): Answers<keyof typeof TABLES_CALLS> {
  return {
    'tables.list': async ({ spec }) => {
      const tables = await ruling.tables()
      const listed = await Promise.all(tables.map(({ name }) => listing(ruling, name, spec)))
      return { tables: listed.filter((table) => table !== null) }
    },
    'tables.describe': async ({ spec }, { table }) => description(ruling, table, spec, plane?.writes() ?? false),
    'tables.read': (kernel, ask) => reads.read(kernel, ask),
    'tables.query': (kernel, ask) => reads.query(kernel, ask),
  }
}

async function listing(
  ruling: Ruling,
  name: string,
  spec: KernelSpec,
): Promise<Answered<'tables.list'>['tables'][number] | null> {
  const looked = await lookFrom(ruling, name, spec)
  const table = looked.ok ? looked.sight.table : looked.table
  if (table === null || (!looked.ok && looked.why === 'absent')) return null
  return { name, owner: ruling.nameOf(table.owner), description: table.description, readable: looked.ok }
}

type Described = Answered<'tables.describe'>

/** `takes`: whether the engine does. */
async function description(ruling: Ruling, name: string, spec: KernelSpec, takes: boolean): Promise<Described> {
  const looked = await lookFrom(ruling, name, spec)
  if (!looked.ok) throw declined(ruling, name, looked.why, looked.table)
  const { table, view } = looked.sight
  const [who, taint] = [await ruling.subject(spec.person), await ruling.taint(spec.id)]
  const rows = writableRows(looked.sight, { who, now: ruling.now(), taint })
  return {
    name,
    owner: ruling.nameOf(table.owner),
    description: table.description,
    label: table.label,
    columns: columnsOf(table, view.columns),
    filtered: view.filtered,
    writable: takes && powersOf(spec) === 'edit' && rows !== null && dominates(table.label, taint),
  }
}
