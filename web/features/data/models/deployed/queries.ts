// What the page on deployed models asks the server for.
import { createQuery } from '@tanstack/solid-query'
import { MODELS_API } from '#protocol/models.ts'
import { usePeople } from '../../../../net/context.ts'

const FRESH = 5_000 // ms

export const useDeployed = () => usePeople().apiOf(MODELS_API)

export function createSeen() {
  const api = useDeployed()
  return createQuery(() => ({
    queryKey: ['data', 'deployed', 'seen'],
    queryFn: ({ signal }) => api('GET /api/models', { signal }),
    staleTime: FRESH,
  }))
}

export function createCards() {
  const api = useDeployed()
  return createQuery(() => ({
    queryKey: ['data', 'deployed', 'rules'],
    queryFn: ({ signal }) => api('GET /api/models/rules', { signal }),
    staleTime: FRESH,
    retry: false,
  }))
}
