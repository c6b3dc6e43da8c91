// The versions of a notebook and one's own drafts. Restoring makes a new version: nothing is ever lost by it.

import { createQuery, useQueryClient } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import type { Answer } from '../../net/api.ts'
import { useApi } from '../../net/context.ts'
import { date } from '../../primitives/format.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { Query } from '../../ui/Query.tsx'
import { History, type Version } from './History.tsx'
import { NameIt } from './NameIt.tsx'
import { Release } from './Release.tsx'
import { type Shown, SourceDialog } from './SourceDialog.tsx'

type Draft = Answer<'GET /api/notebooks/:id/drafts'>[number]
type VersionsProps = {
  readonly id: string
  readonly mayEdit: boolean
  readonly mayRelease: boolean
  readonly mayRestore: boolean // nobody else is editing
  /** What is written goes first: it stays in the history, and is not saved over what is restored. */
  readonly onRestore: () => Promise<void>
  readonly onRestored: () => void
  readonly onKept: (id: string) => void
}

export function Versions(props: VersionsProps) {
  const api = useApi()
  const client = useQueryClient()
  const params = () => ({ id: props.id })
  const versions = createQuery(() => ({
    queryKey: ['versions', props.id],
    queryFn: () => api('GET /api/notebooks/:id/versions', { params: params() }),
    reconcile: 'id', // a row that asks whether to restore goes on asking
  }))
  const drafts = createQuery(() => ({
    queryKey: ['drafts', props.id],
    queryFn: () => api('GET /api/notebooks/:id/drafts', { params: params() }),
  }))
  const [shown, setShown] = createSignal<Shown | null>(null)
  const refresh = () => void client.invalidateQueries({ queryKey: ['versions', props.id] })

  async function restore(version: Version): Promise<void> {
    try {
      await props.onRestore()
      await api('POST /api/notebooks/:id/versions/:version/restore', { params: { id: props.id, version: version.id } })
      say(`Version ${version.number} is the current one again`)
      refresh()
      props.onRestored()
    } catch (error) {
      sayRefused(error)
    }
  }

  return (
    <>
      <Show when={props.mayEdit}>
        <NameIt id={props.id} onNamed={refresh} />
      </Show>
      <Show when={props.mayRelease}>
        <Release id={props.id} />
      </Show>
      <Drafts drafts={dataOf(drafts) ?? []} onView={setShown} />
      <Query query={versions}>
        {(list) => (
          <History versions={list()} mayRestore={props.mayRestore} onView={setShown} onRestore={(it) => void restore(it)} />
        )}
      </Query>
      <Show when={shown()}>
        {(now) => <SourceDialog notebook={props.id} {...now()} onKept={props.onKept} onClose={() => setShown(null)} />}
      </Show>
    </>
  )
}

type DraftsProps = { readonly drafts: readonly Draft[]; readonly onView: (shown: Shown) => void }

function Drafts(props: DraftsProps) {
  return (
    <Show when={props.drafts.length > 0}>
      <section class="border-b border-line px-4 py-3">
        <h3 class="mb-1 text-xs font-medium text-ink-2">Your drafts</h3>
        <For each={props.drafts}>
          {(draft) => (
            <div class="flex items-center justify-between py-1 text-sm">
              <span class="numeric">{date(draft.created)}</span>
              <Button
                size="small"
                onClick={() => props.onView({ version: draft.id, title: `Draft of ${date(draft.created)}`, draft: true })}
              >
                View
              </Button>
            </div>
          )}
        </For>
      </section>
    </Show>
  )
}
