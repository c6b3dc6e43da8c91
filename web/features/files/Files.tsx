// The files beside a notebook: uploaded, listed and deleted here only; every kernel of the notebook reads them at files/.

import { createQuery, useQueryClient } from '@tanstack/solid-query'
import File from 'lucide-solid/icons/file'
import Trash from 'lucide-solid/icons/trash'
import Upload from 'lucide-solid/icons/upload'
import { createSignal, For, Show } from 'solid-js'
import { NOTEBOOK } from '#protocol/limits.ts'
import type { Answer } from '../../net/api.ts'
import { useApi } from '../../net/context.ts'
import { bytes, date } from '../../primitives/format.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { Query } from '../../ui/Query.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { IconButton } from '../../ui/Tip.tsx'
import { tooLarge } from './quota.ts'

type Listed = Answer<'GET /api/notebooks/:id/files'>[number]

export function Files(props: { readonly id: string; readonly mayEdit: boolean }) {
  const api = useApi()
  const client = useQueryClient()
  const key = () => ['files', props.id]
  const files = createQuery(() => ({
    queryKey: key(),
    queryFn: () => api('GET /api/notebooks/:id/files', { params: { id: props.id } }),
  }))
  const [sending, setSending] = createSignal<string | null>(null)
  const used = () => (dataOf(files) ?? []).reduce((sum, file) => sum + file.bytes, 0)
  let picker: HTMLInputElement | undefined

  async function upload(picked: readonly globalThis.File[]): Promise<void> {
    for (const file of picked) {
      const refusal = tooLarge(file, used())
      if (refusal !== null) {
        sayRefused(new Error(refusal))
        continue
      }
      setSending(file.name)
      await api('PUT /api/notebooks/:id/files/:name', { params: { id: props.id, name: file.name }, bytes: file }).catch(
        sayRefused,
      )
      await client.invalidateQueries({ queryKey: key() })
    }
    setSending(null)
  }
  async function remove(file: Listed): Promise<void> {
    try {
      await api('DELETE /api/notebooks/:id/files/:name', { params: { id: props.id, name: file.name } })
      say(`“${file.name}” deleted`)
    } catch (error) {
      sayRefused(error)
    }
    await client.invalidateQueries({ queryKey: key() })
  }

  return (
    <>
      <div class="border-b border-line p-4">
        <p class="mb-3 text-sm text-ink-2">
          Every kernel of this notebook reads them, and only reads them, at <code class="font-mono text-xs text-ink">files/</code>
          .
        </p>
        <Show when={props.mayEdit}>
          <Button onClick={() => picker?.click()} disabled={sending() !== null}>
            <Show when={sending()} fallback={<Upload size={15} aria-hidden="true" />}>
              <Spinner />
            </Show>
            {sending() === null ? 'Upload files' : `Uploading ${sending()}`}
          </Button>
        </Show>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            void upload([...(event.currentTarget.files ?? [])])
            event.currentTarget.value = ''
          }}
        />
        <p class="numeric mt-3 text-xs text-ink-2">
          {bytes(used())} of {bytes(NOTEBOOK.uploads)} used; one file at most {bytes(NOTEBOOK.upload)}
        </p>
      </div>
      <Query query={files}>
        {(list) => (
          <Show when={list().length > 0} fallback={<p class="p-4 text-sm text-ink-2">No files yet.</p>}>
            <ul aria-label="Files">
              <For each={list()}>
                {(file) => <Entry file={file} mayEdit={props.mayEdit} onDelete={() => void remove(file)} />}
              </For>
            </ul>
          </Show>
        )}
      </Query>
    </>
  )
}

function Entry(props: { readonly file: Listed; readonly mayEdit: boolean; readonly onDelete: () => void }) {
  return (
    <li class="flex items-center gap-3 border-b border-line/60 py-2 pr-2 pl-4 text-sm">
      <File size={15} class="flex-none text-ink-3" aria-hidden="true" />
      <span class="min-w-0 grow">
        <span class="block truncate">{props.file.name}</span>
        <span class="numeric block text-xs text-ink-2">
          {bytes(props.file.bytes)} · {date(props.file.uploaded)}
        </span>
      </span>
      <Show when={props.mayEdit}>
        <IconButton label={`Delete ${props.file.name}`} text="Delete" onClick={props.onDelete}>
          <Trash size={14} />
        </IconButton>
      </Show>
    </li>
  )
}
