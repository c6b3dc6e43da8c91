// The page of deployed models. Who may what is decided where it is done: inference/pages.ts, data/edits.ts.
import type { MODELS_API } from '#protocol/models.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

export const modelHandlers = ({ data: { models, edits } }: Deps): Pick<Handlers, keyof typeof MODELS_API> => ({
  'GET /api/models': ({ who }) => models.seen(who),
  'GET /api/models/rules': ({ who }) => models.cards(who),
  'POST /api/models/files': ({ who, bytes, length }) => models.take(who, bytes, length),
  'PUT /api/models/:alias': ({ who, params, body: { rules, file, ...wanted } }) =>
    edits.deploy(who, { name: params.alias, rules, file }, wanted),
  'POST /api/models/:alias/remove': ({ who, params, body }) => edits.undeploy(who, params.alias, body),
})
