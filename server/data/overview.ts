// What a kernel has read and what it was refused, for the person whose it is: from what was written when it was decided.
import type { Sight } from '#protocol/api.ts'
import { join } from '#protocol/policy/label.ts'
import type { KernelState } from '#protocol/runner.ts'
import { EVERY } from '../policy/condition.ts'
import { read, searched } from './holding.ts'
import type { Denial, Ruling } from './ruling.ts'
import { sentence } from './words.ts'

const REFUSED = 20 // that are shown

export async function sightOf(ruling: Ruling, { spec }: KernelState): Promise<Sight> {
  const all = await ruling.held(spec.id)
  const held = all.flatMap((text) => read(text) ?? [])
  const [passages, ...more] = all.flatMap((text) => searched(text) ?? [])
  const names = [...new Set(held.map(({ table }) => table))].sort()
  const tables = names.map((name) =>
    tableOf(
      name,
      held.filter(({ table }) => table === name),
    ),
  )
  const refusals = (await ruling.refusals(spec)).slice(0, REFUSED)
  const refused = await Promise.all(
    refusals.map(async ({ table, why, at }) => ({ message: await worded(ruling, table, why), at })),
  )
  return { label: await ruling.taint(spec.id), tables, library: passages ? more.reduce(join, passages) : null, refused }
}

type Held = NonNullable<ReturnType<typeof read>>

/** Of several reads of one table, all that any of them showed. */
function tableOf(name: string, reads: readonly Held[]): Sight['tables'][number] {
  const columns = new Map(reads.flatMap((held) => held.columns.map((column) => [column.name, column.mask?.kind ?? null])))
  const filtered = reads.some(({ keep }) => JSON.stringify(keep) !== JSON.stringify(EVERY))
  return { name, filtered, columns: [...columns].map(([column, masked]) => ({ name: column, masked })) }
}

const OTHER: Partial<Record<Denial, string>> = {
  question: 'A read of “{table}” asked for what it has not.',
  limit: 'A read of “{table}” was larger than one read may be.',
}

async function worded(ruling: Ruling, table: string | null, why: Denial): Promise<string> {
  const contact = ruling.contact()
  if (table === null || why === 'absent')
    return `A table that you asked for is not there for you. Ask ${contact} if there should be one.`
  if (why === 'ungranted' || why === 'clearance' || why === 'policy') {
    const owner = (await ruling.table(table))?.owner
    return sentence(`table-${why}`, { table, contact, owner: owner ? ruling.nameOf(owner) : contact })
  }
  return (OTHER[why] ?? 'A read of “{table}” could not be made.').replace('{table}', table)
}
