// What the pages on language models and on the workspace ask the server for.
import { createQuery } from '@tanstack/solid-query'
import { ACCESS_API } from '#protocol/access.ts'
import { usePeople } from '../../../net/context.ts'

const FRESH = 5_000 // ms

export const useAccess = () => usePeople().apiOf(ACCESS_API)

export function createModels() {
  const api = useAccess()
  return createQuery(() => ({
    queryKey: ['data', 'llm'],
    queryFn: ({ signal }) => api('GET /api/llm', { signal }),
    staleTime: FRESH,
  }))
}

export function createRoutes() {
  const api = useAccess()
  return createQuery(() => ({
    queryKey: ['data', 'routes'],
    queryFn: ({ signal }) => api('GET /api/llm/routes', { signal }),
    staleTime: FRESH,
    retry: false,
  }))
}

export function createWorkspace() {
  const api = useAccess()
  return createQuery(() => ({
    queryKey: ['data', 'workspace'],
    queryFn: ({ signal }) => api('GET /api/workspace', { signal }),
    staleTime: FRESH,
    retry: false,
  }))
}
