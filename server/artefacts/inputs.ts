// What a kernel had read when it saved something: the tables, each with the policy that held for it then.
import type { KernelId } from '#protocol/ids.ts'
import { join } from '#protocol/policy/label.ts'
import { read, searched } from '../data/holding.ts'
import type { Ruling } from '../data/ruling.ts'
import type { Inputs } from '../seams/artefacts.ts'

/** What a kernel holds is judged at every change of a policy, and it ends where it may not: so the newest version is the one it holds under. */
export async function inputsOf(ruling: Ruling, kernel: KernelId): Promise<Inputs> {
  const held = await ruling.held(kernel)
  const names = [...new Set(held.flatMap((text) => read(text)?.table ?? []))].sort()
  const tables = await Promise.all(names.map(async (table) => ({ table, policy: (await ruling.policy(table)).version })))
  const [passages, ...more] = held.flatMap((text) => searched(text) ?? [])
  return { tables, library: passages ? more.reduce(join, passages) : null }
}
