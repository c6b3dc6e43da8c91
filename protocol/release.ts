// What the shell says of a table or an artefact that somebody made: what it was made from, whom it is released to, and what a release
// would give to those who see less of its inputs themselves.
import * as z from 'zod/mini'
import { ARTEFACT } from './limits.ts'
import { Label } from './policy/label.ts'
import { Audience, TableName } from './policy/policy.ts'

const Count = z.int().check(z.gte(0))

/** A table that its maker had read: `policy`, the version of its policy then; `label`, what was read of it counted with; `changed`: it has another policy by now. */
export const InputSeen = z.strictObject({ table: TableName, policy: Count, label: Label, changed: z.boolean() })

export const origin = {
  inputs: z.array(InputSeen), // that one may know of
  unnamed: Count, // how many inputs one may not know of
  library: z.nullable(Label), // of passages of the library that its maker had been given
}
export const Origin = z.strictObject(origin)
export type Origin = z.infer<typeof Origin>

export const Readers = z.readonly(z.array(Audience).check(z.maxLength(ARTEFACT.readers)))

/**
 * Of those whom a release is to. `unseen`: some are not cleared for the label, so it is not there for them. `less`: tables that it was made
 * from, of which some who will see it see less themselves: not at all (`closed`), not all rows, or these columns masked or not.
 */
export const Disclosure = z.strictObject({
  unseen: z.boolean(),
  less: z.array(z.strictObject({ table: TableName, closed: z.boolean(), rows: z.boolean(), columns: z.array(z.string()) })),
})
export type Disclosure = z.infer<typeof Disclosure>
