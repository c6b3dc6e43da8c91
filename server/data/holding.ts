// Kernels that hold what their person may no longer see: judged when policies change, and on a beat, since grants run out by
// themselves. A kernel whose reads cannot be judged ends.
import * as z from 'zod/mini'
import { dominates, join, Label, LOWEST } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { isAlive, type KernelSpec } from '#protocol/runner.ts'
import type { End } from '../kernels/ending.ts'
import type { Log } from '../log.ts'
import { type Held, heldOf, labelHeld, mayHold } from '../policy/held.ts'
import { clearanceOf } from '../policy/preview.ts'
import type { Look } from '../policy/question.ts'
import type { Subject } from '../policy/subject.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'

const Written = z.object({
  table: z.string(),
  columns: z.array(z.object({ name: z.string(), mask: z.unknown() })),
  keep: z.unknown(),
  label: z.optional(Label),
})

/** `label`: what the read counted with; not kept of reads before it was. */
type Labelled = Held & { readonly label?: Label }

const Searched = z.strictObject({ search: Label })
const Predicted = z.strictObject({ predicted: Label, model: z.string() })
const Sourced = z.strictObject({ sourced: Label })
const Filed = z.strictObject({ filed: Label })

/** A read in the words of the store: what this gateway, or another, judges again. */
export const written = (view: Parameters<typeof heldOf>[0], asked: Look): string =>
  JSON.stringify({ ...heldOf(view, asked.read), label: asked.label })

/** Passages of the library, by the label that they have together. */
export const writtenSearch = (label: Label): string => JSON.stringify({ search: label })

/** What a deployed model said, by the label that it counts as. */
export const writtenPrediction = (model: string, label: Label): string => JSON.stringify({ predicted: label, model })

/** The version of a notebook that a kernel was started with, by the label that it counts as. */
export const writtenSource = (label: Label): string => JSON.stringify({ sourced: label })

/** The files beside its notebook, which a kernel has in sight, by the label that they have together. */
export const writtenFiles = (label: Label): string => JSON.stringify({ filed: label })

/** It was written by `written`; anything else is no read. */
export function read(text: string): Labelled | null {
  const value = parsed(text)
  return Written.safeParse(value).success ? (value as Labelled) : null
}

/** It was written by `writtenSearch`; anything else is no search. */
export function searched(text: string): Label | null {
  const found = Searched.safeParse(parsed(text))
  return found.success ? found.data.search : null
}

/** It was written by `writtenPrediction`; anything else is no prediction. */
export function predicted(text: string): { readonly model: string; readonly label: Label } | null {
  const found = Predicted.safeParse(parsed(text))
  return found.success ? { model: found.data.model, label: found.data.predicted } : null
}

/** It was written by `writtenSource`; anything else is no source. */
export function sourced(text: string): Label | null {
  const found = Sourced.safeParse(parsed(text))
  return found.success ? found.data.sourced : null
}

/** It was written by `writtenFiles`; anything else is no files. */
export function filed(text: string): Label | null {
  const found = Filed.safeParse(parsed(text))
  return found.success ? found.data.filed : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export async function recheckHoldings(kernels: Kernels, ruling: Ruling, end: End, log: Log): Promise<void> {
  const alive = kernels.list().filter(isAlive)
  await Promise.all(
    alive.map(async (state) => {
      if (!(await mayKeep(ruling, state.spec, log))) await end(state)
    }),
  )
}

/** Is what the kernel has read its person's to see, as the rules are now? What was classified higher since counts higher in it, too. */
export async function mayKeep(ruling: Ruling, spec: KernelSpec, log: Log): Promise<boolean> {
  const all = await ruling.held(spec.id)
  if (all.length === 0) return true
  const who = await ruling.subject(spec.person)
  let label = LOWEST
  for (const text of all) {
    const kept = await keptAs(ruling, text, who, spec.preview)
    if (kept !== null) {
      label = join(label, kept)
      continue
    }
    log.info({ kernel: spec.id, person: spec.person, held: whatOf(text) }, 'kernel holds what it may not: it ends')
    return false
  }
  if (!dominates(await ruling.label(spec.id), label)) await ruling.raise(spec.id, label)
  return true
}

/** For the log. */
function whatOf(text: string): string {
  if (searched(text)) return 'the library'
  if (predicted(text)) return 'predictions'
  return read(text)?.table ?? (filed(text) ? 'files' : 'source')
}

/** What it counts with now; null: it may not be kept. */
async function keptAs(ruling: Ruling, text: string, who: Subject, preview?: Profile): Promise<Label | null> {
  const said = searched(text) ?? predicted(text)?.label ?? sourced(text) ?? filed(text)
  if (said !== null) return who.member && dominates(clearanceOf(who, preview), said) ? said : null
  const held = read(text)
  if (held === null) return null
  const looked = await look(ruling, held.table, who, preview)
  if (!looked.ok || !mayHold(held, { ok: true, view: looked.sight.view })) return null
  return labelHeld(looked.sight.view, [held])
}
