// What the page of artefacts asks the server for.
import { createQuery } from '@tanstack/solid-query'
import { ARTEFACTS_API } from '#protocol/artefacts.ts'
import { usePeople } from '../../../net/context.ts'

const EVERY = 15_000 // ms between looks: kernels save others

export const useArtefacts = () => usePeople().apiOf(ARTEFACTS_API)

/** Tables that notebooks made. */
export function createMadeTables() {
  const api = useArtefacts()
  return createQuery(() => ({
    queryKey: ['data', 'artefacts', 'tables'],
    queryFn: ({ signal }) => api('GET /api/artefacts/tables', { signal }),
    refetchInterval: EVERY,
  }))
}

export function createArtefacts() {
  const api = useArtefacts()
  return createQuery(() => ({
    queryKey: ['data', 'artefacts'],
    queryFn: ({ signal }) => api('GET /api/artefacts', { signal }),
    refetchInterval: EVERY,
  }))
}
