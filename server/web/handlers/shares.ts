// Sharing. An edit is in force when it is answered: kernels that nobody may keep have ended by then.
import type { SHARES_API } from '#protocol/shares.ts'
import { find } from '../../notebooks/desk.ts'
import { othersShares, share, shares, unshare } from '../../notebooks/sharing.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

export const shareHandlers = ({ desk, data, document, shared }: Deps): Pick<Handlers, keyof typeof SHARES_API> => ({
  'GET /api/shares': ({ who }) => othersShares(desk, who),
  'GET /api/notebooks/:id/shares': ({ who, params }) => shares(desk, who, params.id),
  'PUT /api/notebooks/:id/shares': async ({ who, params, body }) => {
    const page = await share(desk, who, params.id, body)
    await shared(params.id)
    return page
  },
  'DELETE /api/notebooks/:id/shares': async ({ who, params, body }) => {
    const page = await unshare(desk, who, params.id, body.with)
    await shared(params.id)
    return page
  },
  'GET /api/notebooks/:id/shares/preflight': async ({ who, params }) => {
    const { id } = await find(desk, who, params.id, 'manage')
    const source = (await document.materialise(id, who.id))?.source ?? ''
    return data.preflight(who, id, source)
  },
})
