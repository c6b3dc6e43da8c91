// The list of notebooks and what is done to it. Changes show at once and are taken back when the server refuses.
import { createQuery, type QueryClient, useQueryClient } from '@tanstack/solid-query'
import type { Accessor } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import type { Api } from '../../net/api.ts'
import { useApi } from '../../net/context.ts'
import { saveFile } from '../../primitives/download.ts'
import { offerUndo, say, sayRefused } from '../../primitives/notices.ts'
import { refusalOf } from '../../primitives/refused.ts'
import { fitted } from './importing.ts'

export type View = 'notebooks' | 'trash'
const key = (view: View) => ['notebooks', view] as const

/** Everything a person may see, in one list: searching and sorting it happens here, without a round trip. */
export const createNotebooks = () => createList('notebooks', () => true)

/** A query for each view: one that changed its key would reconcile the rows of one list into the other's. */
export function createViews(view: Accessor<View>) {
  const lists = {
    notebooks: createList('notebooks', () => view() === 'notebooks'),
    trash: createList('trash', () => view() === 'trash'),
  }
  return () => lists[view()]
}

function createList(of: View, enabled: Accessor<boolean>) {
  const api = useApi()
  return createQuery(() => ({
    queryKey: key(of),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api('GET /api/notebooks', { signal, ...(of === 'trash' ? { query: { trash: '1' } } : {}) }),
    enabled: enabled(),
    staleTime: 5_000,
    reconcile: 'id',
  }))
}

export type Actions = ReturnType<typeof createActions>

export function createActions() {
  const api = useApi()
  const client = useQueryClient()
  return {
    create: (): Promise<Notebook | null> => attempt(client, () => api('POST /api/notebooks')),
    /** An imported file keeps its name, with a number where the name is taken. */
    bring: (file: { name: string; source: string }): Promise<Notebook | null> => attempt(client, () => bring(api, file)),
    rename: (notebook: Notebook, name: string) => rename(api, client, notebook, name),
    duplicate: (notebook: Notebook) =>
      attempt(client, () => api('POST /api/notebooks/:id/duplicate', { params: { id: notebook.id } })).then((copy) => {
        if (copy) say(`Duplicated as “${copy.name}”`)
        return copy
      }),
    trash: (notebook: Notebook) => trash(api, client, notebook),
    restore: (notebook: Notebook) => restore(api, client, notebook),
    download: (notebook: Pick<Notebook, 'id'>) => download(api, notebook),
  }
}

async function attempt<T>(client: QueryClient, work: () => Promise<T>, takeBack = () => {}): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    sayRefused(error)
    takeBack()
    return null
  } finally {
    void client.invalidateQueries({ queryKey: ['notebooks'] })
  }
}

const NUMBERS = 50 // tried before the refusal is shown

async function bring(api: Api, file: { name: string; source: string }): Promise<Notebook> {
  for (let number = 1; ; number += 1) {
    try {
      return await api('POST /api/notebooks', {
        body: { name: number === 1 ? file.name : fitted(file.name, ` ${number}`), source: file.source },
      })
    } catch (error) {
      if (refusalOf(error).code !== 'name-taken' || number === NUMBERS) throw error
    }
  }
}

/** Shows a change at once; what is answered takes it back, for when the server refuses and cannot be asked again either. */
function edit(client: QueryClient, view: View, change: (list: Notebook[]) => Notebook[]): () => void {
  const before = client.getQueryData<Notebook[]>(key(view))
  client.setQueryData<Notebook[]>(key(view), (list) => list && change(list))
  return () => client.setQueryData(key(view), before)
}

async function rename(api: Api, client: QueryClient, notebook: Notebook, name: string): Promise<Notebook | null> {
  const { id } = notebook
  const takeBack = edit(client, 'notebooks', (list) => list.map((each) => (each.id === id ? { ...each, name } : each)))
  return attempt(client, () => api('PATCH /api/notebooks/:id', { params: { id }, body: { name } }), takeBack)
}

async function trash(api: Api, client: QueryClient, notebook: Notebook): Promise<void> {
  const { id } = notebook
  const takeBack = edit(client, 'notebooks', (list) => list.filter((each) => each.id !== id))
  const done = await attempt(client, () => api('DELETE /api/notebooks/:id', { params: { id } }), takeBack)
  if (done) offerUndo(`“${notebook.name}” moved to the trash`, () => void restore(api, client, notebook))
}

async function restore(api: Api, client: QueryClient, notebook: Notebook): Promise<void> {
  const { id } = notebook
  const takeBack = edit(client, 'trash', (list) => list.filter((each) => each.id !== id))
  const back = await attempt(client, () => api('POST /api/notebooks/:id/restore', { params: { id } }), takeBack)
  if (back) say(`“${back.name}” is back in the list`)
}

async function download(api: Api, notebook: Pick<Notebook, 'id'>): Promise<void> {
  try {
    const { name, source } = await api('GET /api/notebooks/:id/source', { params: { id: notebook.id } })
    saveFile(name.endsWith('.py') ? name : `${name}.py`, source, 'text/x-python')
  } catch (error) {
    sayRefused(error)
  }
}
