// The library's page: what it lists, takes in and gives away.
import { Label } from '#protocol/policy/label.ts'
import { refuse } from '../../errors.ts'
import { add, list, remove, type Shelf } from '../../knowledge/documents.ts'
import { pdfReader } from '../../knowledge/pdf.ts'
import type { Handlers } from '../calls.ts'
import type { Deps } from '../deps.ts'

type Calls = 'GET /api/library' | 'POST /api/library/files/:name' | 'DELETE /api/library/:document'

export function libraryHandlers({ desk, data, config }: Deps): Pick<Handlers, Calls> {
  const shelf: Shelf = { desk, subject: data.subject, pdf: pdfReader(config.python) }
  return {
    'GET /api/library': ({ who }) => list(shelf, who),
    'POST /api/library/files/:name': ({ who, params, query, bytes, length }) =>
      add(shelf, who, { name: params.name, label: labelOf(query), declared: length, bytes }),
    'DELETE /api/library/:document': async ({ who, params }) => {
      await remove(shelf, who, params.document)
      return {}
    },
  }
}

function labelOf({ level, markings = '', ...other }: Readonly<Record<string, string>>): Label {
  const label = Label.safeParse({ level, markings: markings === '' ? [] : markings.split(',') })
  if (!label.success || Object.keys(other).length > 0) throw refuse('bad-request', { where: 'query' })
  return label.data
}
