// The files beside a notebook: uploaded, listed and deleted here only; every kernel of the notebook reads them at files/.

import type { UseQueryResult } from '@tanstack/solid-query'
import File from 'lucide-solid/icons/file'
import Trash from 'lucide-solid/icons/trash'
import Upload from 'lucide-solid/icons/upload'
import { createSignal, For, Show } from 'solid-js'
import { NOTEBOOK } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'
import type { Answer } from '../../net/api.ts'
import { date } from '../../primitives/format.ts'
import { labelText } from '../../primitives/label.ts'
import { dataOf } from '../../primitives/query.ts'
import { refusalOf } from '../../primitives/refused.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { FilePicker } from '../../ui/FilePicker.tsx'
import { Query } from '../../ui/Query.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { IconButton } from '../../ui/Tip.tsx'
import { createFiles } from './createFiles.ts'

type Listed = Answer<'GET /api/notebooks/:id/files'>[number]

type Question = { readonly deed: 'Delete' | 'Replace'; readonly name: string; readonly answer: (yes: boolean) => void }

export function Files(props: { readonly id: string; readonly mayEdit: boolean }) {
  const [question, setQuestion] = createSignal<Question | null>(null)
  const { files, sending, upload, remove } = createFiles(
    () => props.id,
    (deed, name) => new Promise((answer) => setQuestion({ deed, name, answer })),
  )
  const used = () => (dataOf(files) ?? []).reduce((sum, file) => sum + file.bytes, 0)

  return (
    <Show when={!isAbove(files)} fallback={<Above />}>
      <div class="border-b border-line p-4">
        <p class="mb-3 text-sm text-ink-2">
          Kernels of people who are cleared for all of them read them, and only read them, at{' '}
          <code class="font-mono text-xs text-ink">files/</code>.
          <Show when={props.mayEdit}> What you upload counts as all that your kernel has read.</Show>
        </p>
        <Uploader mayEdit={props.mayEdit} sending={sending()} onFiles={(chosen) => void upload(chosen)} />
        <p class="numeric mt-3 text-xs text-ink-2">
          {sizeText(used())} of {sizeText(NOTEBOOK.uploads)} used; one file at most {sizeText(NOTEBOOK.upload)}
        </p>
      </div>
      <Query query={files}>
        {(list) => (
          <Show when={list().length > 0} fallback={<p class="p-4 text-sm text-ink-2">No files yet.</p>}>
            <ul aria-label="Files">
              <For each={list()}>
                {(file) => <Entry file={file} mayEdit={props.mayEdit} onDelete={() => void remove(file.name)} />}
              </For>
            </ul>
          </Show>
        )}
      </Query>
      <Show when={question()}>{(asked) => <Sure {...asked()} onClose={() => setQuestion(null)} />}</Show>
    </Show>
  )
}

const isAbove = ({ isError, error }: UseQueryResult): boolean => isError && refusalOf(error).code === 'files-above'

const Above = () => (
  <p class="p-4 text-sm text-ink-2">Files beside this notebook are classified above you. Your kernels run without them.</p>
)

type UploaderProps = {
  readonly mayEdit: boolean
  readonly sending: string | null
  readonly onFiles: (files: readonly globalThis.File[]) => void
}

function Uploader(props: UploaderProps) {
  return (
    <FilePicker onFiles={props.onFiles}>
      {(pick) => (
        <Show when={props.mayEdit}>
          <Button onClick={pick} disabled={props.sending !== null}>
            <Show when={props.sending} fallback={<Upload size={15} aria-hidden="true" />}>
              <Spinner />
            </Show>
            {props.sending === null ? 'Upload files' : `Uploading ${props.sending}`}
          </Button>
        </Show>
      )}
    </FilePicker>
  )
}

function Sure(props: Question & { readonly onClose: () => void }) {
  return (
    <Confirm
      title={`${props.deed} “${props.name}”?`}
      act={props.deed}
      onAct={() => props.answer(true)}
      onClose={() => {
        props.answer(false) // after a yes it says nothing
        props.onClose()
      }}
    >
      Every kernel that reads them sees it at once. What the file holds now cannot be brought back.
    </Confirm>
  )
}

function Entry(props: { readonly file: Listed; readonly mayEdit: boolean; readonly onDelete: () => void }) {
  return (
    <li class="flex items-center gap-3 border-b border-line/60 py-2 pr-2 pl-4 text-sm">
      <File size={15} class="flex-none text-ink-3" aria-hidden="true" />
      <span class="min-w-0 grow">
        <span class="block truncate">{props.file.name}</span>
        <span class="numeric block text-xs text-ink-2">
          {sizeText(props.file.bytes)} · {date(props.file.uploaded)} · {labelText(props.file.label)}
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
