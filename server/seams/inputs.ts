// What something was made from: the fingerprint of its inputs' policies, written down when it was made and never changed.
import * as z from 'zod/mini'
import { Label } from '#protocol/policy/label.ts'
import { TableName } from '#protocol/policy/policy.ts'

/** A table that the kernel had read: `policy`, the version of its policy then; `label`, what was read of it counted with. */
export const Input = z.strictObject({ table: TableName, policy: z.int().check(z.gte(0)), label: Label })
export type Input = z.infer<typeof Input>

/** `library`: of the passages of the library that it was given; null: none. */
export const Inputs = z.strictObject({ tables: z.readonly(z.array(Input)), library: z.nullable(Label) })
export type Inputs = z.infer<typeof Inputs>
