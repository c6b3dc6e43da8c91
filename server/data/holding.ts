// Kernels that hold what their person may no longer see: judged when policies change, and on a beat, since grants run out by
// themselves. A kernel whose reads cannot be judged ends.
import * as z from 'zod/mini'
import type { KernelState } from '#protocol/runner.ts'
import type { Log } from '../log.ts'
import { type Held, heldOf, mayHold } from '../policy/held.ts'
import type { Look } from '../policy/question.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { End } from './ending.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'

const Written = z.object({
  table: z.string(),
  columns: z.array(z.object({ name: z.string(), mask: z.unknown() })),
  keep: z.unknown(),
})

/** A read in the words of the store: what this gateway, or another, judges again. */
export const written = (view: Parameters<typeof heldOf>[0], asked: Look): string => JSON.stringify(heldOf(view, asked.read))

/** It was written by `written`; anything else cannot be judged. */
export function read(text: string): Held | null {
  try {
    const value: unknown = JSON.parse(text)
    return Written.safeParse(value).success ? (value as Held) : null
  } catch {
    return null
  }
}

export async function recheckHoldings(kernels: Kernels, ruling: Ruling, end: End, log: Log): Promise<void> {
  const alive = kernels.list().filter(({ phase }) => phase.phase !== 'exited')
  await Promise.all(alive.map((state) => judge(ruling, state, end, log)))
}

async function judge(ruling: Ruling, state: KernelState, end: End, log: Log): Promise<void> {
  const { spec } = state
  const all = await ruling.held(spec.id)
  if (all.length === 0) return
  const who = await ruling.subject(spec.person)
  for (const text of all) {
    const held = read(text)
    const looked = held && (await look(ruling, held.table, who))
    if (held && looked && mayHold(held, looked.ok ? { ok: true, view: looked.sight.view } : { ok: false, why: looked.why }))
      continue
    log.info({ kernel: spec.id, person: spec.person, table: held?.table }, 'kernel holds what it may not: it ends')
    return end(state)
  }
}
