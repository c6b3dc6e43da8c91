// Anybody of a clearance in some groups: nobody in particular, so it names no person. As such a one a policy, or a notebook, is looked at.
import * as z from 'zod/mini'
import { Standing } from './edit.ts'
import { Label } from './label.ts'

export const Profile = z.strictObject({ clearance: Label, groups: Standing.shape.groups })
export type Profile = z.infer<typeof Profile>

/** The same for the same: in order, each marking and group once. */
export const ordered = ({ clearance: { level, markings }, groups }: Profile): Profile => ({
  clearance: { level, markings: [...new Set(markings)].sort() },
  groups: [...new Set(groups)].sort(),
})
