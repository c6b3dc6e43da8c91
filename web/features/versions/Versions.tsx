// The versions of a notebook and one's own drafts. Restoring makes a new version: nothing is ever lost by it.

import { createQuery, useQueryClient } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import { NotebookName } from '#protocol/api.ts'
import type { Answer } from '../../net/api.ts'
import { useApi } from '../../net/context.ts'
import { bytes, date } from '../../primitives/format.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { Query } from '../../ui/Query.tsx'
import { SourceDialog } from './SourceDialog.tsx'

type Version = Answer<'GET /api/notebooks/:id/versions'>[number]
type VersionsProps = {
  readonly id: string
  readonly mayEdit: boolean
  readonly mayRestore: boolean // nobody else is editing
  /** What is written goes first: it stays in the history, and is not saved over what is restored. */
  readonly onRestore: () => Promise<void>
  readonly onRestored: () => void
  readonly onKept: (id: string) => void
}
type Shown = { readonly version: string; readonly title: string; readonly draft: boolean }

export function Versions(props: VersionsProps) {
  const api = useApi()
  const client = useQueryClient()
  const params = () => ({ id: props.id })
  const versions = createQuery(() => ({
    queryKey: ['versions', props.id],
    queryFn: () => api('GET /api/notebooks/:id/versions', { params: params() }),
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
      <Show when={(dataOf(drafts)?.length ?? 0) > 0}>
        <section class="border-b border-line px-4 py-3">
          <h3 class="mb-1 text-xs font-medium text-ink-2">Your drafts</h3>
          <For each={dataOf(drafts)}>
            {(draft) => (
              <div class="flex items-center justify-between py-1 text-sm">
                <span class="numeric">{date(draft.created)}</span>
                <Button
                  size="small"
                  onClick={() => setShown({ version: draft.id, title: `Draft of ${date(draft.created)}`, draft: true })}
                >
                  View
                </Button>
              </div>
            )}
          </For>
        </section>
      </Show>
      <Query query={versions}>
        {(list) => (
          <ol aria-label="Versions">
            <For each={list()}>
              {(version, index) => (
                <Entry
                  version={version}
                  current={index() === 0}
                  mayRestore={props.mayRestore}
                  onView={() => setShown({ version: version.id, title: title(version), draft: false })}
                  onRestore={() => void restore(version)}
                />
              )}
            </For>
          </ol>
        )}
      </Query>
      <Show when={shown()}>
        {(now) => <SourceDialog notebook={props.id} {...now()} onKept={props.onKept} onClose={() => setShown(null)} />}
      </Show>
    </>
  )
}

const title = (version: Version): string => version.name ?? `Version ${version.number}`

type EntryProps = {
  readonly version: Version
  readonly current: boolean
  readonly mayRestore: boolean
  readonly onView: () => void
  readonly onRestore: () => void
}

function Entry(props: EntryProps) {
  const [sure, setSure] = createSignal(false)
  return (
    <li class="border-b border-line/60 px-4 py-2.5">
      <div class="flex items-center gap-2 text-sm">
        <span class="min-w-0 grow truncate font-medium">{title(props.version)}</span>
        <Show when={props.current}>
          <span class="chip" data-tone="ok">
            current
          </span>
        </Show>
      </div>
      <p class="numeric mt-0.5 text-xs text-ink-2">
        {props.version.author.name} · {date(props.version.created)} · {bytes(props.version.bytes)}
      </p>
      <div class="mt-2 flex gap-2">
        <Button size="small" aria-label={`View ${title(props.version)}`} onClick={props.onView}>
          View
        </Button>
        <Show when={props.mayRestore && !props.current}>
          <Button
            size="small"
            aria-label={`${sure() ? 'Restore and restart the kernel' : 'Restore'}: ${title(props.version)}`}
            tone={sure() ? 'accent' : 'plain'}
            onBlur={() => setSure(false)}
            onClick={() => {
              if (sure()) props.onRestore()
              setSure(!sure())
            }}
          >
            {sure() ? 'Restore and restart the kernel' : 'Restore'}
          </Button>
        </Show>
      </div>
    </li>
  )
}

function NameIt(props: { readonly id: string; readonly onNamed: () => void }) {
  const api = useApi()
  const [name, setName] = createSignal('')
  const good = () => NotebookName.safeParse(name().trim()).success
  async function keep(): Promise<void> {
    if (!good()) return
    try {
      await api('POST /api/notebooks/:id/versions', { params: { id: props.id }, body: { name: name().trim() } })
      setName('')
      props.onNamed()
    } catch (error) {
      sayRefused(error)
    }
  }
  return (
    <form
      class="flex gap-2 border-b border-line p-4"
      onSubmit={(event) => {
        event.preventDefault()
        void keep()
      }}
    >
      <input
        class="field"
        aria-label="Name of the version"
        placeholder="Name this version"
        value={name()}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!good()}>
        Keep
      </Button>
    </form>
  )
}
