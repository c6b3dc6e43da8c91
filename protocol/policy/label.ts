// Classification: a level in a total order, and markings that all must be held. Labels form a lattice; what is read joins.
import * as z from 'zod/mini'

export const LEVELS = ['public', 'internal', 'confidential', 'secret'] as const
export type Level = (typeof LEVELS)[number]

export const Marking = z.string().check(z.regex(/^[A-Z][A-Z0-9 -]{0,39}$/))
export const Label = z.strictObject({ level: z.enum(LEVELS), markings: z.readonly(z.array(Marking).check(z.maxLength(20))) })
/** Of data, or of a person: then a clearance. */
export type Label = z.infer<typeof Label>

export const LOWEST: Label = { level: 'public', markings: [] }

const rank = (level: Level) => LEVELS.indexOf(level)

/** The least label that dominates both. */
export function join(one: Label, other: Label): Label {
  const level = rank(one.level) >= rank(other.level) ? one.level : other.level
  return { level, markings: [...new Set([...one.markings, ...other.markings])].sort() }
}

/** The greatest label that both dominate: the clearance of somebody who may see only what two people may. */
export function meet(one: Label, other: Label): Label {
  const level = rank(one.level) <= rank(other.level) ? one.level : other.level
  return { level, markings: one.markings.filter((marking) => other.markings.includes(marking)).sort() }
}

/** May who holds `clearance` see what bears `label`? */
export const dominates = (clearance: Label, label: Label): boolean =>
  rank(clearance.level) >= rank(label.level) && label.markings.every((marking) => clearance.markings.includes(marking))

/** All levels up to this one. */
export const dominated = (level: Level): readonly Level[] => LEVELS.slice(0, rank(level) + 1)
