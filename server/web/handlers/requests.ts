// Requests for tables, from both sides. Who may what is decided where it is done: data/requests.ts.
import type { SIGHT_API } from '#protocol/sight.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

type Calls = Extract<keyof typeof SIGHT_API, `${string} /api/requests${string}`>

export const requestHandlers = ({ data: { requests } }: Deps): Pick<Handlers, Calls> => ({
  'GET /api/requests': ({ who }) => requests.open(who),
  'DELETE /api/requests/:request': async ({ who, params }) => {
    await requests.withdraw(who, params.request)
    return {}
  },
  'POST /api/requests/:request/refusal': async ({ who, params, body }) => {
    await requests.refuse(who, params.request, body.words.trim())
    return {}
  },
})
