// What the page of artefacts asks the server for.
import { createQuery } from '@tanstack/solid-query'
import { ARTEFACTS_API } from '#protocol/artefacts.ts'
import { usePeople } from '../../../net/context.ts'
import { entriesOf } from './words.ts'

const EVERY = 15_000 // ms between looks: kernels save others

export const useArtefacts = () => usePeople().apiOf(ARTEFACTS_API)

/** One's own that one may not open any more. */
export function createClosed() {
  const api = useArtefacts()
  return createQuery(() => ({
    queryKey: ['data', 'artefacts', 'closed'],
    queryFn: ({ signal }) => api('GET /api/artefacts/closed', { signal }),
  }))
}

/** All that stands in the list. */
export function createEntries() {
  const api = useArtefacts()
  return createQuery(() => ({
    queryKey: ['data', 'artefacts'],
    queryFn: async ({ signal }) => {
      const [saved, tables] = await Promise.all([
        api('GET /api/artefacts', { signal }),
        api('GET /api/artefacts/tables', { signal }),
      ])
      return entriesOf(saved, tables)
    },
    refetchInterval: EVERY,
  }))
}
