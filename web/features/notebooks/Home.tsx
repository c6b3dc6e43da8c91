// The notebook browser: search, sort, make, import, and the list itself. The address keeps query, order and view.

import { useNavigate, useSearchParams } from '@solidjs/router'
import FileUp from 'lucide-solid/icons/file-up'
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { createMemo, createSignal, Show, Suspense } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import { useMember } from '../../net/context.ts'
import { count } from '../../primitives/format.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { FilePicker } from '../../ui/FilePicker.tsx'
import { lazily } from '../../ui/lazily.tsx'
import { SearchBox } from '../../ui/SearchBox.tsx'
import { DropZone } from './DropZone.tsx'
import { Grid } from './Grid.tsx'
import { readNotebook } from './importing.ts'
import { Nothing } from './Nothing.tsx'
import { inOrder, parseSort, search, sortText } from './order.ts'
import { type Actions, createActions, createViews, type View } from './queries.ts'

const SharedWithMe = lazily(() => import('./SharedWithMe.tsx').then((module) => module.SharedWithMe))

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

  function look(text: string): void {
    setQuery(text)
    setParams({ q: text || undefined }, { replace: true })
  }
  async function create(): Promise<void> {
    const made = await actions.create()
    if (made) navigate(`/n/${made.id}`)
  }
  const mayMake = () => view() === 'notebooks' && member()
  const take = (files: readonly File[]) => void importAll(files, actions)

  return (
    <DropZone enabled={mayMake()} onFiles={take}>
      <div class="mx-auto flex h-full w-full max-w-[1120px] flex-col px-4 sm:px-8">
        <Toolbar view={view()} query={query()} onQuery={look} mayMake={mayMake()} onFiles={take} onNew={() => void create()} />
        <Given notebooks={view() === 'notebooks' ? rows() : []} />
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
        <Footer view={view()} shown={rows().length} all={dataOf(list())?.length} />
      </div>
    </DropZone>
  )
}

function Given(props: { readonly notebooks: readonly Notebook[] }) {
  const given = createMemo(() => props.notebooks.filter(({ named }) => named))
  return (
    <Show when={given().length > 0}>
      <Suspense>
        <SharedWithMe notebooks={given()} />
      </Suspense>
    </Show>
  )
}

async function importAll(files: readonly File[], actions: Actions): Promise<void> {
  const made: Notebook[] = []
  for (const file of files) {
    const read = await readNotebook(file)
    if (!read.ok) sayRefused(new Error(read.message))
    else await actions.bring(read).then((notebook) => notebook && made.push(notebook))
  }
  const [only] = made
  if (only) say(made.length === 1 ? `Imported “${only.name}”` : `Imported ${count(made.length, 'notebook')}`)
}

type ToolbarProps = {
  readonly view: View
  readonly query: string
  readonly mayMake: boolean
  readonly onQuery: (text: string) => void
  readonly onFiles: (files: readonly File[]) => void
  readonly onNew: () => void
}

function Toolbar(props: ToolbarProps) {
  const trash = () => props.view === 'trash'
  return (
    <header class="flex flex-wrap items-center gap-x-3 gap-y-2 pt-7 pb-4">
      <h1 class="mr-auto text-xl font-semibold tracking-tight">{trash() ? 'Trash' : 'Notebooks'}</h1>
      <SearchBox value={props.query} onInput={props.onQuery} label={trash() ? 'Search the trash' : 'Search notebooks'} />
      <FilePicker accept=".py,text/x-python" onFiles={props.onFiles}>
        {(pick) => (
          <Show when={props.mayMake}>
            <Button onClick={pick}>
              <FileUp size={15} aria-hidden="true" /> Import
            </Button>
            <Button tone="accent" onClick={props.onNew}>
              <Plus size={15} aria-hidden="true" /> New notebook
            </Button>
          </Show>
        )}
      </FilePicker>
    </header>
  )
}

function Footer(props: { readonly view: View; readonly shown: number; readonly all: number | undefined }) {
  return (
    <footer class="flex items-center justify-between py-2.5 text-xs text-ink-2">
      <span role="status">{props.all === undefined ? '' : counted(props.shown, props.all)}</span>
      <a class="flex items-center gap-1.5 rounded px-1 py-1 hover:text-ink" href={props.view === 'trash' ? '/' : '/?view=trash'}>
        <Show when={props.view === 'notebooks'} fallback="Back to the notebooks">
          <Trash size={13} aria-hidden="true" /> Trash
        </Show>
      </a>
    </footer>
  )
}

const counted = (shown: number, all: number): string =>
  shown === all ? count(all, 'notebook') : `${shown.toLocaleString('en')} of ${count(all, 'notebook')}`
