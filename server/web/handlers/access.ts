// The shell's pages on language models and on the workspace itself. Who may what is decided where it is done: data/access.ts, data/edits.ts.
import type { ACCESS_API } from '#protocol/access.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

export const accessHandlers = ({ data: { access, edits } }: Deps): Pick<Handlers, keyof typeof ACCESS_API> => ({
  'GET /api/llm': ({ who }) => access.models(who),
  'GET /api/llm/routes': ({ who }) => access.routes(who),
  'PUT /api/llm/routes/:alias': ({ who, params, body: { rules, ...wanted } }) => edits.route(who, params.alias, rules, wanted),
  'GET /api/workspace': ({ who }) => access.workspace(who),
  'PUT /api/workspace': ({ who, body: { workspace, ...wanted } }) => edits.workspace(who, workspace, wanted),
})
