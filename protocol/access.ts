// The REST bodies of the shell's pages on language models and on the workspace itself. A key or an address to ask is in none of them;
// of the endpoint its host is named. What a person may not know answers 404, like what there is not.
import * as z from 'zod/mini'
import { PersonId } from './ids.ts'
import { Alias } from './library/llm.ts'
import { Reason } from './policy/edit.ts'
import { Label } from './policy/label.ts'
import { ModelName, OPEN_TO, RouteRules } from './policy/route.ts'
import { Workspace } from './policy/workspace.ts'

const Time = z.number() // ms since the epoch
const Count = z.int().check(z.gte(0))
const Nothing = z.strictObject({})
const Named = z.strictObject({ id: PersonId, name: z.string() })
const edited = { by: Named, at: Time, reason: z.string() }
const Edited = z.strictObject({ version: Count })
/** `onto`: the version that the change was made from. */
const change = { onto: Count, reason: Reason }

/** A model as it is for whoever asks. `left`: tokens of today. */
export const ModelSeen = z.strictObject({
  alias: Alias,
  label: Label,
  open: z.enum(OPEN_TO),
  tokens: Count, // of one answer, at most
  left: Count,
})
export type ModelSeen = z.infer<typeof ModelSeen>
export const ModelsSeen = z.strictObject({ models: z.array(ModelSeen), left: Count, perDay: Count })
export type ModelsSeen = z.infer<typeof ModelsSeen>

/** `rules` are in force; version 0: as the operator set it up. `missing`: its model is not set up any more, so nobody may ask it. */
export const RouteCard = z.strictObject({
  alias: Alias,
  rules: RouteRules,
  tokens: Count,
  missing: z.boolean(),
  version: Count,
  changed: z.nullable(z.strictObject(edited)), // the newest edit
})
export type RouteCard = z.infer<typeof RouteCard>
/** `endpoint`: its host; null: no models are set up. `models`: what may stand behind an alias. `perDay`: tokens of a person in all. */
export const RoutesPage = z.strictObject({
  endpoint: z.nullable(z.string()),
  models: z.array(ModelName),
  perDay: Count,
  routes: z.array(RouteCard),
})
export type RoutesPage = z.infer<typeof RoutesPage>

export const WorkspaceCard = z.strictObject({
  workspace: Workspace,
  version: Count,
  changed: z.nullable(z.strictObject(edited)),
})
export type WorkspaceCard = z.infer<typeof WorkspaceCard>

/** `:alias` is an Alias. */
export const ACCESS_API = {
  'GET /api/llm': { body: Nothing, answer: ModelsSeen, who: 'person' }, // members
  'GET /api/llm/routes': { body: Nothing, answer: RoutesPage, who: 'person' }, // owners
  'PUT /api/llm/routes/:alias': { body: z.strictObject({ rules: RouteRules, ...change }), answer: Edited, who: 'person' },
  'GET /api/workspace': { body: Nothing, answer: WorkspaceCard, who: 'person' }, // owners
  'PUT /api/workspace': { body: z.strictObject({ workspace: Workspace, ...change }), answer: Edited, who: 'person' },
} as const
