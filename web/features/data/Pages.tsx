// The pages on managed data, one at a time: tables as one sees them, what notebooks saved, models, who may what, the record.
import { A, useLocation } from '@solidjs/router'
import { createEffect, For, Match, onCleanup, type ParentProps, Show, Switch } from 'solid-js'
import type { Deed } from '#protocol/standings.ts'
import { useMay } from '../../net/context.ts'
import { Empty } from '../../ui/Notice.tsx'
import { Access } from './access/Access.tsx'
import { PolicyPage } from './access/PolicyPage.tsx'
import { Waiting } from './access/requests/Waiting.tsx'
import { Artefacts } from './artefacts/Artefacts.tsx'
import { Audit } from './audit/Audit.tsx'
import { Models } from './models/Models.tsx'
import { type Page, placeOf } from './place.ts'
import { TablePage } from './tables/TablePage.tsx'
import { Tables } from './tables/Tables.tsx'

const PAGES: readonly { readonly page: Page; readonly name: string; readonly deed: Deed }[] = [
  { page: 'tables', name: 'Tables', deed: 'see tables' },
  { page: 'artefacts', name: 'Artefacts', deed: 'see artefacts' },
  { page: 'models', name: 'Models', deed: 'ask models' },
  { page: 'access', name: 'Access', deed: 'govern' },
  { page: 'audit', name: 'Audit', deed: 'audit own' },
]
const TITLE = 'Scrydon Notebooks'

export function DataPages() {
  const location = useLocation()
  const may = useMay()
  const place = () => placeOf(location.pathname)
  const theirs = () => PAGES.filter(({ deed }) => may(deed))
  const shown = () => theirs().find(({ page }) => page === place().page)
  createEffect(() => {
    document.title = [place().table, shown()?.name, TITLE].filter(Boolean).join(' – ')
  })
  onCleanup(() => {
    document.title = TITLE
  })
  return (
    <div class="mx-auto flex h-full w-full max-w-[1120px] flex-col px-4 sm:px-8">
      <header class="flex flex-wrap items-center gap-x-3 gap-y-2 pt-7 pb-4">
        <h1 class="mr-auto text-xl font-semibold tracking-tight">{shown()?.name ?? 'Not for you'}</h1>
        <Show when={theirs().length > 1}>
          <nav aria-label="Managed data" class="flex gap-1">
            <For each={theirs()}>{(one) => <PageLink page={one.page}>{one.name}</PageLink>}</For>
          </nav>
        </Show>
      </header>
      <Show when={shown()} fallback={<NotForYou />}>
        {(one) => (
          <Switch>
            <Match when={one().page === 'tables' && place().table}>{(name) => <TablePage name={name()} />}</Match>
            <Match when={one().page === 'tables'}>
              <Tables />
            </Match>
            <Match when={one().page === 'access' && place().table} keyed>
              {(name) => <PolicyPage name={name} />}
            </Match>
            <Match when={one().page === 'access'}>
              <Access />
            </Match>
            <Match when={one().page === 'artefacts'}>
              <Artefacts />
            </Match>
            <Match when={one().page === 'models'}>
              <Models />
            </Match>
            <Match when={one().page === 'audit'}>
              <Audit />
            </Match>
          </Switch>
        )}
      </Show>
    </div>
  )
}

function PageLink(props: ParentProps<{ readonly page: Page }>) {
  return (
    <A
      href={`/${props.page}`}
      class="rounded-[6px] px-3 py-1.5 text-sm font-medium hover:bg-hover"
      activeClass="bg-hover text-ink"
      inactiveClass="text-ink-2"
    >
      {props.children}
      <Show when={props.page === 'access'}>
        <Waiting />
      </Show>
    </A>
  )
}

/** Said alike of a page that there is and of one that there is not. */
const NotForYou = () => <Empty title="There is nothing here for you">The owner of this workspace can tell you more.</Empty>
