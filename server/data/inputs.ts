// What a kernel had read when it wrote or saved something: the tables, each with the policy that held for it then, and its label.
import { join, type Label } from '#protocol/policy/label.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { type Held, labelHeld } from '../policy/held.ts'
import type { Input, Inputs } from '../seams/inputs.ts'
import { read, searched } from './holding.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'

/** What a kernel holds is judged at every change of a policy, and it ends where it may not: so the newest version is the one it holds under. */
export async function inputsOf(ruling: Ruling, spec: KernelSpec): Promise<Inputs> {
  const held = await ruling.held(spec.id)
  const reads = held.flatMap((text) => read(text) ?? [])
  const names = [...new Set(reads.map(({ table }) => table))].sort()
  const of = (name: string) => reads.filter(({ table }) => table === name)
  const [passages, ...more] = held.flatMap((text) => searched(text) ?? [])
  return {
    tables: await Promise.all(names.map((name) => inputOf(ruling, spec, name, of(name)))),
    library: passages ? more.reduce(join, passages) : null,
  }
}

async function inputOf(ruling: Ruling, spec: KernelSpec, table: string, reads: readonly Held[]): Promise<Input> {
  const { version: policy } = await ruling.policy(table)
  return { table, policy, label: await labelNow(ruling, spec, table, reads) }
}

/** Of what cannot be looked at any more: the kernel's own, which is no lower. */
async function labelNow(ruling: Ruling, { id, person }: KernelSpec, table: string, reads: readonly Held[]): Promise<Label> {
  const looked = await look(ruling, table, await ruling.subject(person))
  if (!looked.ok) return ruling.taint(id)
  return labelHeld(looked.sight.view, reads)
}
