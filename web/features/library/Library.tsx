// The documents of the workspace that notebooks search: what of them this person's clearance shows.
import BookOpen from 'lucide-solid/icons/book-open'
import Plus from 'lucide-solid/icons/plus'
import SearchX from 'lucide-solid/icons/search-x'
import { createMemo, createSignal, Show } from 'solid-js'
import type { LibraryDocument } from '#protocol/api.ts'
import { count } from '../../primitives/format.ts'
import { labelText } from '../../primitives/label.ts'
import { finder, fold } from '../../primitives/match.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { Empty } from '../../ui/Notice.tsx'
import { Query } from '../../ui/Query.tsx'
import { SearchBox } from '../../ui/SearchBox.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { AddDocuments } from './AddDocuments.tsx'
import { createLibrary } from './createLibrary.ts'
import { Documents } from './Documents.tsx'

export function Library() {
  const { library, sending, add, remove } = createLibrary()
  const [query, setQuery] = createSignal('')
  const [adding, setAdding] = createSignal(false)
  const [leaving, setLeaving] = createSignal<LibraryDocument | null>(null)
  const clearance = () => dataOf(library)?.clearance ?? null
  const all = () => dataOf(library)?.documents ?? []
  const found = createMemo(() => search(all(), query()))
  return (
    <section aria-label="Library" class="mx-auto flex h-full w-full max-w-[1120px] flex-col px-4 sm:px-8">
      <Heading
        query={query()}
        sending={sending()}
        mayAdd={clearance() !== null}
        onQuery={setQuery}
        onAdd={() => setAdding(true)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled without a pointer too */}
      <div class="min-h-0 grow overflow-auto -outline-offset-2" tabIndex={0}>
        <Query query={library}>
          {() => (
            <Show when={found().length > 0} fallback={<Nothing member={clearance() !== null} query={query()} />}>
              <Documents documents={found()} onRemove={setLeaving} />
            </Show>
          )}
        </Query>
      </div>
      <Footer said={dataOf(library) ? counted(found().length, all().length) : ''} />
      <Show when={adding() && clearance()}>
        {(held) => (
          <AddDocuments clearance={held()} onAdd={(files, label) => void add(files, label)} onClose={() => setAdding(false)} />
        )}
      </Show>
      <Show when={leaving()}>
        {(document) => (
          <Confirm
            title={`Remove “${document().title}”?`}
            act="Remove"
            onAct={() => void remove(document())}
            onClose={() => setLeaving(null)}
          >
            Nobody finds it any more. To bring it back, its file has to be added again.
          </Confirm>
        )}
      </Show>
    </section>
  )
}

type HeadingProps = {
  readonly query: string
  readonly sending: string | null // the name of a file that is being added
  readonly mayAdd: boolean
  readonly onQuery: (text: string) => void
  readonly onAdd: () => void
}

function Heading(props: HeadingProps) {
  return (
    <header class="flex flex-wrap items-center gap-x-3 gap-y-2 pt-7 pb-4">
      <h1 class="mr-auto text-xl font-semibold tracking-tight">Library</h1>
      <SearchBox value={props.query} onInput={props.onQuery} label="Search documents" />
      <Show when={props.mayAdd}>
        <Button tone="accent" disabled={props.sending !== null} onClick={props.onAdd}>
          <Show when={props.sending === null} fallback={<Spinner />}>
            <Plus size={15} aria-hidden="true" />
          </Show>
          {props.sending === null ? 'Add documents' : `Adding ${props.sending}`}
        </Button>
      </Show>
    </header>
  )
}

function Footer(props: { readonly said: string }) {
  return (
    <footer class="flex items-center justify-between gap-4 py-2.5 text-xs text-ink-2">
      <span role="status">{props.said}</span>
      <span>
        In a notebook: <code class="font-mono text-ink">from scrydon import kb</code>,{' '}
        <code class="font-mono text-ink">kb.search("…")</code>
      </span>
    </footer>
  )
}

function search(documents: readonly LibraryDocument[], query: string): readonly LibraryDocument[] {
  const matches = finder(query)
  return documents.filter(({ title, source, label, by }) => matches(fold([title, source, labelText(label), by.name].join(' '))))
}

const counted = (shown: number, all: number): string =>
  shown === all ? `${count(all, 'document')} that you may see` : `${shown.toLocaleString('en')} of ${count(all, 'document')}`

function Nothing(props: { readonly member: boolean; readonly query: string }) {
  return (
    <Show
      when={props.member}
      fallback={
        <Empty title="The library is for members of this workspace" icon={<BookOpen size={20} />}>
          So there is nothing of it to see here. The workspace’s owner can make you a member.
        </Empty>
      }
    >
      <Show
        when={props.query.trim() !== ''}
        fallback={
          <Empty title="No documents yet" icon={<BookOpen size={20} />}>
            None that your clearance shows. Add Markdown, text or PDF files, and notebooks can search them.
          </Empty>
        }
      >
        <Empty title="No document matches" icon={<SearchX size={20} />}>
          Nothing in the list matches “{props.query.trim()}”. What documents say is searched in notebooks.
        </Empty>
      </Show>
    </Show>
  )
}
