// The library as the signed-in person sees it, and what they do to it. A document that is taken out is gone: that is asked first.
import { createQuery, useQueryClient } from '@tanstack/solid-query'
import { createSignal } from 'solid-js'
import type { LibraryDocument } from '#protocol/api.ts'
import type { Label } from '#protocol/policy/label.ts'
import { useApi } from '../../net/context.ts'
import { count } from '../../primitives/format.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { refusal } from './file.ts'

const EVERY = 15_000 // ms between looks: others add documents, too

export function createLibrary() {
  const api = useApi()
  const client = useQueryClient()
  const library = createQuery(() => ({
    queryKey: ['library'],
    queryFn: ({ signal }: { signal: AbortSignal }) => api('GET /api/library', { signal }),
    refetchInterval: EVERY,
  }))
  const [sending, setSending] = createSignal<string | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['library'] })

  async function send(file: File, { level, markings }: Label): Promise<boolean> {
    setSending(file.name)
    try {
      const wrong = refusal(file)
      if (wrong !== null) throw new Error(wrong)
      const query = { level, markings: markings.join(',') }
      await api('POST /api/library/files/:name', { params: { name: file.name }, query, bytes: file })
      return true
    } catch (error) {
      sayRefused(error)
      return false
    }
  }
  return {
    library,
    sending,
    async add(files: readonly File[], label: Label): Promise<void> {
      let added = 0
      for (const file of files) if (await send(file, label)) added += 1
      setSending(null)
      if (added > 0) say(`${count(added, 'document')} added to the library`)
      await refresh()
    },
    async remove({ id, title }: LibraryDocument): Promise<void> {
      await api('DELETE /api/library/:document', { params: { document: id } }).then(
        () => say(`“${title}” taken out of the library`),
        sayRefused,
      )
      await refresh()
    },
  }
}
