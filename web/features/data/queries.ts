// What the pages on managed data ask the server for.
import { createQuery } from '@tanstack/solid-query'
import type { Accessor } from 'solid-js'
import { MANAGED_API } from '#protocol/managed.ts'
import { usePeople } from '../../net/context.ts'

const FRESH = 5_000 // ms

export const useManaged = () => usePeople().apiOf(MANAGED_API)

export function createTables() {
  const api = useManaged()
  return createQuery(() => ({
    queryKey: ['data', 'tables'],
    queryFn: ({ signal }) => api('GET /api/tables', { signal }),
    staleTime: FRESH,
  }))
}

export function createTable(name: Accessor<string>) {
  const api = useManaged()
  return createQuery(() => ({
    queryKey: ['data', 'table', name()],
    queryFn: ({ signal }) => api('GET /api/tables/:table', { params: { table: name() }, signal }),
    staleTime: FRESH,
    retry: false,
  }))
}

/** Whom something can be released to. */
export function createMembers() {
  const api = useManaged()
  return createQuery(() => ({
    queryKey: ['data', 'members'],
    queryFn: ({ signal }) => api('GET /api/members', { signal }),
    staleTime: FRESH,
    retry: false,
  }))
}

export function createPeople() {
  const api = useManaged()
  return createQuery(() => ({
    queryKey: ['data', 'people'],
    queryFn: ({ signal }) => api('GET /api/people', { signal }),
    staleTime: FRESH,
    retry: false,
  }))
}

export function createPolicy(name: Accessor<string>) {
  const api = useManaged()
  return createQuery(() => ({
    queryKey: ['data', 'policy', name()],
    queryFn: ({ signal }) => api('GET /api/policies/:table', { params: { table: name() }, signal }),
    staleTime: FRESH,
    retry: false,
  }))
}

export function createPolicies() {
  const api = useManaged()
  return createQuery(() => ({
    queryKey: ['data', 'policies'],
    queryFn: ({ signal }) => api('GET /api/policies', { signal }),
    staleTime: FRESH,
    retry: false,
  }))
}
