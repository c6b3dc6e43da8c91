// The page of artefacts. Who may what is decided in artefacts/shelf.ts.
import type { ARTEFACTS_API } from '#protocol/artefacts.ts'
import { Attachment } from '../attachment.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

export const artefactHandlers = ({ data: { artefacts, made } }: Deps): Pick<Handlers, keyof typeof ARTEFACTS_API> => ({
  'GET /api/artefacts': ({ who }) => artefacts.list(who),
  'GET /api/artefacts/closed': ({ who }) => artefacts.closed(who),
  'GET /api/artefacts/tables': ({ who }) => made(who),
  'GET /api/artefacts/:artefact/content': async ({ who, params }) => new Attachment(await artefacts.open(who, params.artefact)),
  'PUT /api/artefacts/:artefact/release': ({ who, params, body: { to, ...wanted } }) =>
    artefacts.release(who, params.artefact, to, wanted),
  'POST /api/artefacts/:artefact/release/preview': ({ who, params, body }) => artefacts.disclosure(who, params.artefact, body.to),
  'PUT /api/artefacts/:artefact/label': ({ who, params, body: { label, ...wanted } }) =>
    artefacts.relabel(who, params.artefact, label, wanted),
  'DELETE /api/artefacts/:artefact': async ({ who, params }) => {
    await artefacts.remove(who, params.artefact)
    return {}
  },
})
