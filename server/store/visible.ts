// What a clearance dominates, as part of every question about documents.
import { dominated, Label } from '#protocol/policy/label.ts'
import { json } from './json.ts'

/** Documents that `:levels` and `:markings` (JSON) dominate. */
export const VISIBLE = `
  SELECT id FROM documents WHERE label ->> '$.level' IN (SELECT value FROM json_each(:levels))
    AND NOT EXISTS (SELECT 1 FROM json_each(label, '$.markings') WHERE value NOT IN (SELECT value FROM json_each(:markings)))`

export const label = json('label', Label)

export type Held = { readonly levels: string; readonly markings: string }
export const held = (clearance: Label): Held => ({
  levels: JSON.stringify(dominated(clearance.level)),
  markings: JSON.stringify(clearance.markings),
})
