// The notebook browser: search, sort, make, import, and the list itself. The address keeps query, order and view.

import { useNavigate, useSearchParams } from '@solidjs/router'
import FileUp from 'lucide-solid/icons/file-up'
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { createMemo, createSignal, Show } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import { useMember } from '../../net/context.ts'
import { count } from '../../primitives/format.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { DropZone } from './DropZone.tsx'
import { Grid } from './Grid.tsx'
import { readNotebook } from './importing.ts'
import { Nothing } from './Nothing.tsx'
import { inOrder, parseSort, search, sortText } from './order.ts'
import { createActions, createViews, type View } from './queries.ts'
import { SearchBox } from './SearchBox.tsx'

export function Home() {
  const [params, setParams] = useSearchParams<{ q?: string; sort?: string; view?: string }>()
  const view = (): View => (params.view === 'trash' ? 'trash' : 'notebooks')
  const navigate = useNavigate()
  const actions = createActions()
  const member = useMember()
  const list = createViews(view)
  const [query, setQuery] = createSignal(params.q ?? '')
  const sort = createMemo(() => parseSort(params.sort))
  const ordered = createMemo(() => inOrder(dataOf(list()) ?? [], sort()))
  const rows = createMemo(() => search(ordered(), query()))
  let picker: HTMLInputElement | undefined

  function look(text: string): void {
    setQuery(text)
    setParams({ q: text || undefined }, { replace: true })
  }
  async function create(): Promise<void> {
    const made = await actions.create()
    if (made) navigate(`/n/${made.id}`)
  }
  async function take(files: readonly File[]): Promise<void> {
    const made: Notebook[] = []
    for (const file of files) {
      const read = await readNotebook(file)
      if (!read.ok) sayRefused(new Error(read.message))
      else await actions.bring(read).then((notebook) => notebook && made.push(notebook))
    }
    const [only] = made
    if (only) say(made.length === 1 ? `Imported “${only.name}”` : `Imported ${count(made.length, 'notebook')}`)
  }

  return (
    <DropZone enabled={view() === 'notebooks' && member()} onFiles={(files) => void take(files)}>
      <div class="mx-auto flex h-full w-full max-w-[1120px] flex-col px-4 sm:px-8">
        <header class="flex flex-wrap items-center gap-x-3 gap-y-2 pt-7 pb-4">
          <h1 class="mr-auto text-xl font-semibold tracking-tight">{view() === 'trash' ? 'Trash' : 'Notebooks'}</h1>
          <SearchBox value={query()} onInput={look} label={view() === 'trash' ? 'Search the trash' : 'Search notebooks'} />
          <Show when={view() === 'notebooks' && member()}>
            <Button onClick={() => picker?.click()}>
              <FileUp size={15} aria-hidden="true" /> Import
            </Button>
            <Button tone="accent" onClick={() => void create()}>
              <Plus size={15} aria-hidden="true" /> New notebook
            </Button>
          </Show>
          <input
            ref={picker}
            type="file"
            accept=".py,text/x-python"
            multiple
            hidden
            onChange={(event) => {
              void take([...(event.currentTarget.files ?? [])])
              event.currentTarget.value = ''
            }}
          />
        </header>
        <Show
          when={rows().length > 0}
          fallback={
            <Nothing list={list()} view={view()} query={query()} onClear={() => look('')} member={member()} onNew={create} />
          }
        >
          <Grid
            rows={rows()}
            view={view()}
            sort={sort()}
            actions={actions}
            onSort={(next) => setParams({ sort: sortText(next) }, { replace: true })}
          />
        </Show>
        <footer class="flex items-center justify-between py-2.5 text-xs text-ink-2">
          <span role="status">
            <Show when={dataOf(list())}>{(all) => counted(rows().length, all().length)}</Show>
          </span>
          <a class="flex items-center gap-1.5 rounded px-1 py-1 hover:text-ink" href={view() === 'trash' ? '/' : '/?view=trash'}>
            <Show when={view() === 'notebooks'} fallback="Back to the notebooks">
              <Trash size={13} aria-hidden="true" /> Trash
            </Show>
          </a>
        </footer>
      </div>
    </DropZone>
  )
}

const counted = (shown: number, all: number): string =>
  shown === all ? count(all, 'notebook') : `${shown.toLocaleString('en')} of ${count(all, 'notebook')}`
