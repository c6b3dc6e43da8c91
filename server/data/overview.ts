// What a kernel has read, done and been refused, for the person whose it is: from what was written when it was decided.
import { join, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { KernelState } from '#protocol/runner.ts'
import type { Asking, Sight } from '#protocol/sight.ts'
import { EVERY } from '../policy/condition.ts'
import { deedsOf } from './deeds.ts'
import { filed, predicted, read, searched, sourced } from './holding.ts'
import { type Refusal, refusalOf } from './refusals.ts'
import type { Ruling } from './ruling.ts'
import { filled } from './words.ts'

const REFUSED = 20 // that are shown
const DONE = 20

type Ask = (kernel: KernelState, table: string) => Promise<Asking | null>
type Held = NonNullable<ReturnType<typeof read>>
type Source = Sight['raised'][number]

export async function sightOf(ruling: Ruling, kernel: KernelState, asking: Ask): Promise<Sight> {
  const { spec } = kernel
  const all = await ruling.held(spec.id)
  const held = Map.groupBy(
    all.flatMap((text) => read(text) ?? []),
    ({ table }) => table,
  )
  const tables = [...held].sort(([one], [other]) => (one < other ? -1 : 1))
  const [passages, ...more] = all.flatMap((text) => searched(text) ?? [])
  const library = passages ? more.reduce(join, passages) : null
  const { workspace } = await ruling.workspace()
  const label = await ruling.taint(spec.id)
  const { rows, ends } = await ruling.decided(spec)
  return {
    label,
    raised: raisers(label, [
      { of: 'workspace', label: workspace.label },
      ...tables.map(([name, reads]): Source => ({ of: 'table', name, label: reads.map(counted).reduce(join) })),
      ...(library ? [{ of: 'library', label: library } as const] : []),
      ...answers(all),
      ...all.flatMap((text) => begun(sourced(text))),
      ...beside(all.flatMap((text) => filed(text) ?? [])),
    ]),
    tables: tables.map(([name, reads]) => tableOf(name, reads)),
    library,
    done: deedsOf(rows, ends).slice(0, DONE),
    refused: await refusedOf(
      ruling,
      rows.flatMap((row) => refusalOf(row, ends) ?? []),
      (table) => asking(kernel, table),
    ),
  }
}

/** Those that reach the label's level, or bear one of its markings. */
export function raisers({ level, markings }: Label, sources: readonly Source[]): Source[] {
  const reaches = (label: Label) =>
    (level !== LOWEST.level && label.level === level) || label.markings.some((one) => markings.includes(one))
  return sources.filter(({ label }) => reaches(label))
}

/** Of deployed models, each once. */
function answers(held: readonly string[]): Source[] {
  const said = Map.groupBy(
    held.flatMap((text) => predicted(text) ?? []),
    ({ model }) => model,
  )
  return [...said].map(([name, all]) => ({ of: 'model', name, label: all.map(({ label }) => label).reduce(join) }))
}

const begun = (label: Label | null): Source[] => (label ? [{ of: 'source', label }] : [])

/** However often they rose. */
const beside = (labels: readonly Label[]): Source[] => (labels.length === 0 ? [] : [{ of: 'files', label: labels.reduce(join) }])

const counted = ({ label }: Held): Label => label ?? LOWEST

/** Of several reads of one table, all that any of them showed. */
function tableOf(name: string, reads: readonly Held[]): Sight['tables'][number] {
  const columns = new Map(reads.flatMap((held) => held.columns.map((column) => [column.name, column.mask?.kind ?? null])))
  const filtered = reads.some(({ keep }) => JSON.stringify(keep) !== JSON.stringify(EVERY))
  return { name, filtered, columns: [...columns].map(([column, masked]) => ({ name: column, masked })) }
}

/** Those of the same words once; with the newest of each table that is closed, what can be asked of its owner. */
async function refusedOf(
  ruling: Ruling,
  refusals: readonly Refusal[],
  asking: (table: string) => Promise<Asking | null>,
): Promise<Sight['refused']> {
  const alike = [...Map.groupBy(refusals, ({ what, text, table, model }) => JSON.stringify([what, text, table, model])).values()]
  const seen = new Set<string>()
  return Promise.all(
    alike.slice(0, REFUSED).flatMap((same) => {
      const [newest] = same
      if (!newest) return []
      const table = newest.closed && newest.table !== null && !seen.has(newest.table) ? newest.table : null
      if (table !== null) seen.add(table)
      return told(ruling, newest, same.length, table, asking)
    }),
  )
}

async function told(
  ruling: Ruling,
  { what, text, table: about, model, at }: Refusal,
  times: number,
  table: string | null,
  asking: (table: string) => Promise<Asking | null>,
): Promise<Sight['refused'][number]> {
  const owner = about === null ? undefined : (await ruling.table(about))?.owner
  const contact = ruling.contact()
  const names = { table: about ?? '', model: model ?? '', contact, owner: owner === undefined ? contact : ruling.nameOf(owner) }
  const state = table === null ? null : await asking(table)
  return { what, text: filled(text, names), times, at, ask: table === null || state === null ? null : { table, asking: state } }
}
