// The files of one notebook, and what is done to them. What is written over or deleted is gone: that is asked first.
import { createQuery, useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createSignal } from 'solid-js'
import { useApi } from '../../net/context.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { tooLarge } from './quota.ts'

export function createFiles(id: Accessor<string>, agreed: (deed: 'Delete' | 'Replace', name: string) => Promise<boolean>) {
  const api = useApi()
  const client = useQueryClient()
  const files = createQuery(() => ({
    queryKey: ['files', id()],
    queryFn: () => api('GET /api/notebooks/:id/files', { params: { id: id() } }),
  }))
  const [sending, setSending] = createSignal<string | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['files', id()] })

  async function send(file: File): Promise<void> {
    const listed = dataOf(files) ?? []
    const refusal = tooLarge(file, listed)
    if (refusal !== null) return sayRefused(new Error(refusal))
    if (listed.some(({ name }) => name === file.name) && !(await agreed('Replace', file.name))) return
    setSending(file.name)
    await api('PUT /api/notebooks/:id/files/:name', { params: { id: id(), name: file.name }, bytes: file }).catch(sayRefused)
    await refresh()
  }
  return {
    files,
    sending,
    async upload(picked: readonly File[]): Promise<void> {
      for (const file of picked) await send(file)
      setSending(null)
    },
    async remove(name: string): Promise<void> {
      if (!(await agreed('Delete', name))) return
      await api('DELETE /api/notebooks/:id/files/:name', { params: { id: id(), name } }).then(
        () => say(`“${name}” deleted`),
        sayRefused,
      )
      await refresh()
    },
  }
}
