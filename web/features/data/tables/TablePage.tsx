// One table as one sees it: its columns, what is done to them, and the line that reads it.
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import type { TablePage as Page, TableCard } from '#protocol/managed.ts'
import { useMay } from '../../../net/context.ts'
import { labelText } from '../../../primitives/label.ts'
import { Query } from '../../../ui/Query.tsx'
import { createNames } from '../names.ts'
import { Back } from '../parts/Back.tsx'
import { pathOf } from '../place.ts'
import { createTable } from '../queries.ts'
import { MadeFrom } from '../sharing/MadeFrom.tsx'
import { releaseText } from '../words.ts'
import { Acts } from './Acts.tsx'
import { Columns } from './Columns.tsx'
import { Sees } from './Sees.tsx'
import { Snippet } from './Snippet.tsx'

export function TablePage(props: { readonly name: string }) {
  const may = useMay()
  const table = createTable(() => props.name)
  return (
    <section aria-label={props.name} class="min-h-0 grow overflow-auto pb-8">
      <Back to="/tables">All tables</Back>
      <Query query={table}>
        {(page) => (
          <>
            <Facts page={page()} />
            <Show when={page().card.access.readable} fallback={<Closed card={page().card} />}>
              <Snippet code={`from scrydon import tables\n\ntables.read(${JSON.stringify(page().card.name)})`} />
              <Columns label={`Columns of ${page().card.name}`} columns={page().columns} />
              <Show when={page().origin}>
                {(origin) => (
                  <div class="mt-6">
                    <MadeFrom origin={origin()} table />
                  </div>
                )}
              </Show>
            </Show>
            <Show when={may('govern')}>
              <p class="mt-5 text-sm">
                <A href={pathOf('access', page().card.name)} class="underline underline-offset-2">
                  Who may read it, and how much of it
                </A>
              </p>
            </Show>
          </>
        )}
      </Query>
    </section>
  )
}

function Facts(props: { readonly page: Page }) {
  const { nameOf } = createNames()
  const card = () => props.page.card
  const label = () => {
    const { access } = card()
    return access.readable ? labelText(access.label) : null
  }
  return (
    <div class="mb-5">
      <div class="flex flex-wrap items-center gap-2">
        <h2 class="mr-auto text-lg font-semibold break-all">{card().name}</h2>
        <div class="flex gap-2">
          <Acts page={props.page} />
        </div>
      </div>
      <p class="mt-1 max-w-prose text-sm text-ink-2">{card().description}</p>
      <p class="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
        <Show when={label()}>{(text) => <span class="chip">{text()}</span>}</Show>
        <span class="text-ink-2">Owned by {card().owner.name}</span>
        <Sees access={card().access} />
        <Show when={props.page.writable}>
          <span class="text-ink-2">You may write to it</span>
        </Show>
        <Show when={props.page.release}>{(release) => <span class="text-ink-2">{releaseText(release().to, nameOf)}</span>}</Show>
      </p>
    </div>
  )
}

const Closed = (props: { readonly card: TableCard }) => (
  <p class="rounded-[6px] bg-warn-soft px-4 py-3 text-sm" role="note">
    {props.card.access.readable ? '' : props.card.access.why}
  </p>
)
