// The open requests, for who makes the rules; looked for again while a page that shows them is open.
import { createQuery } from '@tanstack/solid-query'
import type { Accessor } from 'solid-js'
import { SIGHT_API } from '#protocol/sight.ts'
import { usePeople } from '../../../../net/context.ts'

const EVERY = 10_000 // ms

export const useSightApi = () => usePeople().apiOf(SIGHT_API)

export function createRequests(enabled: Accessor<boolean> = () => true) {
  const api = useSightApi()
  return createQuery(() => ({
    queryKey: ['data', 'requests'],
    queryFn: ({ signal }) => api('GET /api/requests', { signal }),
    enabled: enabled(),
    refetchInterval: EVERY,
    retry: false,
  }))
}
