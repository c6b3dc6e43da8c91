// What an owner says of a person, and the words that every edit of it or of a policy carries.
import * as z from 'zod/mini'
import { AttributeName } from './expr.ts'
import { Label } from './label.ts'
import { GroupName } from './policy.ts'

const GROUPS = 200 // of one person
const VALUES = 100 // of one attribute

const AttributeValue = z.string().check(
  z.maxLength(1000),
  z.refine((text) => !text.includes('\0') && text.isWellFormed()),
)

/** What the workspace's owner says of a person; policies are judged by it. */
export const Standing = z.strictObject({
  clearance: Label,
  groups: z.readonly(z.array(GroupName).check(z.maxLength(GROUPS))),
  attributes: z.record(AttributeName, z.readonly(z.array(AttributeValue).check(z.maxLength(VALUES)))),
})
export type Standing = z.infer<typeof Standing>

export const Reason = z.string().check(
  z.minLength(1),
  z.maxLength(500),
  z.refine((text) => text.isWellFormed()),
)
