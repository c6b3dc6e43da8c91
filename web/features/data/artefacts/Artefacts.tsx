// What notebooks saved: one's own, and what others released to one. What is done to an artefact is done here, and by nobody's code.
import Package from 'lucide-solid/icons/package'
import { createMemo, createSignal, Match, Show, Switch } from 'solid-js'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { count } from '../../../primitives/format.ts'
import { labelText } from '../../../primitives/label.ts'
import { finder, fold } from '../../../primitives/match.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Confirm } from '../../../ui/Confirm.tsx'
import { Empty } from '../../../ui/Notice.tsx'
import { Query } from '../../../ui/Query.tsx'
import { SearchBox } from '../../../ui/SearchBox.tsx'
import { createNames } from '../names.ts'
import type { NameOf } from '../words.ts'
import { About } from './About.tsx'
import { Closed } from './Closed.tsx'
import { createActs } from './createActs.ts'
import { List } from './List.tsx'
import { Picture } from './Picture.tsx'
import { createEntries } from './queries.ts'
import { Relabel } from './Relabel.tsx'
import { Release } from './Release.tsx'
import { type Entry, nameOfEntry } from './words.ts'

/** What is asked or shown of one of them. */
export type Asked =
  | { readonly what: 'about'; readonly entry: Entry }
  | { readonly what: 'picture' | 'release' | 'label' | 'remove'; readonly card: ArtefactCard }

export function Artefacts() {
  const entries = createEntries()
  const { nameOf } = createNames()
  const acts = createActs()
  const [query, setQuery] = createSignal('')
  const [asked, setAsked] = createSignal<Asked | null>(null)
  const found = createMemo(() => search(dataOf(entries) ?? [], query()))
  return (
    <>
      <div class="flex min-h-0 grow flex-col">
        <div class="flex pb-3">
          <SearchBox value={query()} onInput={setQuery} label="Search artefacts" />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled without a pointer too */}
        <div class="min-h-0 grow overflow-auto -outline-offset-2" tabIndex={0}>
          <Query query={entries}>
            {() => (
              <Show when={found().length > 0} fallback={<Nothing query={query()} />}>
                <List entries={found()} nameOf={nameOf} onAsk={setAsked} onDownload={(card) => void acts.download(card)} />
              </Show>
            )}
          </Query>
          <Closed onRemove={({ id }) => void acts.remove(id, 'An artefact')} />
        </div>
        <Footer said={dataOf(entries) ? count(found().length, 'artefact') : ''} />
      </div>
      <Show when={asked()} keyed>
        {(open) => <Asking asked={open} nameOf={nameOf} acts={acts} onClose={() => setAsked(null)} />}
      </Show>
    </>
  )
}

type AskingProps = {
  readonly asked: Asked
  readonly nameOf: NameOf
  readonly acts: ReturnType<typeof createActs>
  readonly onClose: () => void
}

/** Over the list. */
function Asking(props: AskingProps) {
  const about = () => (props.asked.what === 'about' ? props.asked.entry : null)
  const card = (what: Asked['what']) => (props.asked.what === what && props.asked.what !== 'about' ? props.asked.card : null)
  return (
    <Switch>
      <Match when={about()}>{(entry) => <About entry={entry()} nameOf={props.nameOf} onClose={props.onClose} />}</Match>
      <Match when={card('picture')}>
        {(card) => <Picture card={card()} content={props.acts.content} onClose={props.onClose} />}
      </Match>
      <Match when={card('release')}>{(card) => <Release card={card()} onClose={props.onClose} />}</Match>
      <Match when={card('label')}>{(card) => <Relabel card={card()} onClose={props.onClose} />}</Match>
      <Match when={card('remove')}>
        {(card) => (
          <Confirm
            title={`Remove “${card().name}”?`}
            act="Remove"
            onAct={() => void props.acts.remove(card().id, `“${card().name}”`)}
            onClose={props.onClose}
          >
            It is gone then, also for those it was released to. To have it again, its notebook has to save it again.
          </Confirm>
        )}
      </Match>
    </Switch>
  )
}

function search(entries: readonly Entry[], query: string): readonly Entry[] {
  const matches = finder(query)
  return entries.filter((entry) => {
    const { label, maker, inputs } = entry.card
    const kind = entry.of === 'table' ? 'table' : entry.card.kind
    return matches(fold([nameOfEntry(entry), kind, labelText(label), maker.name, ...inputs.map(({ table }) => table)].join(' ')))
  })
}

function Footer(props: { readonly said: string }) {
  return (
    <footer class="flex items-center justify-between gap-4 py-2.5 text-xs text-ink-2">
      <span role="status" class="flex-none">
        {props.said}
      </span>
      <span>
        In a notebook: <code class="font-mono text-ink">from scrydon import artifacts</code>,{' '}
        <code class="font-mono text-ink">artifacts.save(df, "…")</code>
      </span>
    </footer>
  )
}

function Nothing(props: { readonly query: string }) {
  return (
    <Show
      when={props.query.trim() !== ''}
      fallback={
        <Empty title="No artefacts yet" icon={<Package size={20} />}>
          Data, plots and files that a notebook saves stand here, yours alone until you release them.
        </Empty>
      }
    >
      <Empty title="No artefact matches" icon={<Package size={20} />}>
        Nothing in the list matches “{props.query.trim()}”.
      </Empty>
    </Show>
  )
}
