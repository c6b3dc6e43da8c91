// What is decided about the workspace itself: the label that all work in it counts with, who may make tables of their own, and who may
// lower what is classified.
import * as z from 'zod/mini'
import { Label, LOWEST } from './label.ts'
import { Grant } from './policy.ts'

const GRANTS = 200

/** `managed-table:write` on the workspace: to make tables, each in its maker's own namespace. `declassify`: to lower what is classified, of what one sees. */
export const WORKSPACE_RIGHTS = ['managed-table:write', 'declassify'] as const
export const WorkspaceGrant = z.strictObject({
  id: Grant.shape.id,
  to: Grant.shape.to,
  right: z.enum(WORKSPACE_RIGHTS),
  expires: Grant.shape.expires,
})
export type WorkspaceGrant = z.infer<typeof WorkspaceGrant>

export const Workspace = z.strictObject({
  label: Label,
  grants: z.readonly(z.array(WorkspaceGrant).check(z.maxLength(GRANTS))),
})
export type Workspace = z.infer<typeof Workspace>

/** Of which nothing was said: nobody makes tables or lowers a label. */
export const NEW_WORKSPACE: Workspace = { label: LOWEST, grants: [] }
