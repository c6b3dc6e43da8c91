// How whoever deploys a model describes it: in a file beside an ONNX model, or in INFERENCE_MODELS.
import * as z from 'zod/mini'
import { Inputs } from '#protocol/library/inference.ts'
import { type Label, LEVELS, Marking } from '#protocol/policy/label.ts'
import type { Deployed } from '../seams/inference.ts'

export const described = {
  description: z._default(z.string().check(z.maxLength(500)), ''),
  level: z.enum(LEVELS),
  markings: z._default(z.array(Marking).check(z.maxLength(20)), []),
  readers: z._default(z.boolean(), false),
  inputs: Inputs,
}
const Described = z.strictObject(described)

type Said = Omit<Deployed, 'name' | 'label'> & Label
export const deployed = (name: string, said: Said): Deployed => {
  const { description, level, markings, readers, inputs } = said
  return { name, description, label: { level, markings }, readers, inputs }
}

/** Null: it is not described as it should be. */
export function readDescribed(name: string, text: string): Deployed | null {
  const read = Described.safeParse(parsed(text))
  return read.success ? deployed(name, read.data) : null
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
