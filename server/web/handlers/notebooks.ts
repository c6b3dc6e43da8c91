// The notebook browser, versions and files.

import type { Call } from '#protocol/calls.ts'
import { isAlive } from '#protocol/runner.ts'
import type { SHARES_API } from '#protocol/shares.ts'
import { refuse } from '../../errors.ts'
import { drafts, keepDraft } from '../../notebooks/drafts.ts'
import * as files from '../../notebooks/files.ts'
import * as library from '../../notebooks/library.ts'
import { releasable, release } from '../../notebooks/release.ts'
import * as versions from '../../notebooks/versions.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

const OTHERS = [
  'POST /api/notebooks/:id/open',
  'POST /api/notebooks/:id/trust',
  'POST /api/notebooks/:id/lease/ask',
  'POST /api/notebooks/:id/lease/answer',
] as const
type Calls = Exclude<Extract<Call, `${string} /api/notebooks${string}`>, (typeof OTHERS)[number] | keyof typeof SHARES_API>

export const notebookHandlers = ({ desk, kernels, beside }: Deps): Pick<Handlers, Calls> => ({
  'GET /api/notebooks': ({ who, query }) => library.list(desk, who, readQuery(query)),
  'POST /api/notebooks': ({ who, body }) => library.create(desk, who, body),
  'GET /api/notebooks/:id': ({ who, params }) => library.get(desk, who, params.id),
  'PATCH /api/notebooks/:id': ({ who, params, body }) => library.rename(desk, who, params.id, body.name),
  'POST /api/notebooks/:id/duplicate': ({ who, params }) => library.duplicate(desk, beside, who, params.id),
  'DELETE /api/notebooks/:id': async ({ who, params }) => {
    await library.trash(desk, who, params.id)
    const running = kernels.list().filter((kernel) => kernel.spec.notebook === params.id && isAlive(kernel))
    await Promise.all(running.map((kernel) => kernels.stop(kernel.spec.id, 'revoked')))
    return {}
  },
  'POST /api/notebooks/:id/restore': ({ who, params }) => library.restore(desk, who, params.id),
  'GET /api/notebooks/:id/source': ({ who, params }) => versions.source(desk, who, params.id),
  'GET /api/notebooks/:id/versions': ({ who, params }) => versions.versions(desk, who, params.id),
  'POST /api/notebooks/:id/versions': ({ who, params, body }) => versions.nameVersion(desk, who, params.id, body.name),
  'GET /api/notebooks/:id/versions/:version': async ({ who, params }) => {
    const { source } = await versions.content(desk, who, params.id, params.version)
    return { source }
  },
  'POST /api/notebooks/:id/versions/:version/restore': ({ who, params }) =>
    versions.restoreVersion(desk, who, params.id, params.version),
  'GET /api/notebooks/:id/release': ({ who, params }) => releasable(desk, who, params.id),
  'POST /api/notebooks/:id/release': async ({ who, params, body }) => {
    await release(desk, who, params.id, body)
    return {}
  },
  'GET /api/notebooks/:id/drafts': ({ who, params }) => drafts(desk, who, params.id),
  'POST /api/notebooks/:id/drafts': ({ who, params, body }) => {
    const kernel = kernels.find({ person: who.id, notebook: params.id, mode: 'edit' })
    return keepDraft(desk, who, params.id, body.source, kernel !== null && isAlive(kernel) ? kernel.spec : null)
  },
  'GET /api/notebooks/:id/files': ({ who, params }) => files.list(desk, who, params.id),
  'PUT /api/notebooks/:id/files/:name': ({ who, params, bytes, length }) =>
    files.put(desk, beside, who, params.id, { name: params.name, declared: length, bytes }),
  'DELETE /api/notebooks/:id/files/:name': async ({ who, params }) => {
    await files.remove(desk, who, params.id, params.name)
    return {}
  },
})

function readQuery(query: Readonly<Record<string, string>>): library.Query {
  const unknown = Object.keys(query).find((name) => name !== 'search' && name !== 'trash')
  if (unknown !== undefined) throw refuse('bad-request', { where: 'query' })
  return { search: String(query.search ?? '').slice(0, 200), trash: query.trash === '1' }
}
