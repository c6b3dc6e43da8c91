// What the dialog asks the server for. Its key begins as the list's does: whatever changes that one changes this one.
import { createQuery, useQueryClient } from '@tanstack/solid-query'
import type { NotebookId } from '#protocol/ids.ts'
import { RELEASES_API, type ShownVersion } from '#protocol/releases.ts'
import { type Grantee, type Right, SHARES_API, type Shares } from '#protocol/shares.ts'
import { usePeople } from '../../net/context.ts'

export type Wish = { readonly with: readonly Grantee[]; readonly right: Right; readonly expires: number | null }

const key = (id: NotebookId) => ['notebooks', 'shares', id] as const

export function createShares(id: NotebookId) {
  const api = usePeople().apiOf(SHARES_API)
  return createQuery(() => ({
    queryKey: key(id),
    queryFn: ({ signal }) => api('GET /api/notebooks/:id/shares', { params: { id }, signal }),
    retry: false,
  }))
}

export function createPreflight(id: NotebookId) {
  const api = usePeople().apiOf(SHARES_API)
  return createQuery(() => ({
    queryKey: ['preflight', id],
    queryFn: ({ signal }) => api('GET /api/notebooks/:id/shares/preflight', { params: { id }, signal }),
    retry: false,
  }))
}

/** The newest version, as sharing releases it. `save`: whatever changes it may have changed the version. */
export function createReleasable(id: NotebookId, save: () => unknown) {
  const api = usePeople().apiOf(RELEASES_API)
  return createQuery(() => ({
    queryKey: ['notebooks', 'release', id, save()],
    queryFn: ({ signal }) => api('GET /api/notebooks/:id/release', { params: { id }, signal }),
    retry: false,
  }))
}

/** Each throws what the server refuses; what it answers is shown, and what was refused is looked at anew. */
export function createActs(id: NotebookId) {
  const api = usePeople().apiOf(SHARES_API)
  const client = useQueryClient()
  async function act(work: () => Promise<Shares>): Promise<void> {
    try {
      client.setQueryData(key(id), await work())
    } finally {
      void client.invalidateQueries({ queryKey: ['notebooks'] })
    }
  }
  return {
    share: ({ with: to, ...wish }: Wish, onto: number, release?: ShownVersion) =>
      act(() => api('PUT /api/notebooks/:id/shares', { params: { id }, body: { with: [...to], ...wish, onto, release } })),
    stop: (grantee: Grantee) => act(() => api('DELETE /api/notebooks/:id/shares', { params: { id }, body: { with: grantee } })),
  }
}
