// The versions, the current one first.

import { createSignal, For, Show } from 'solid-js'
import { sizeText } from '#protocol/size.ts'
import type { Answer } from '../../net/api.ts'
import { date } from '../../primitives/format.ts'
import { Button } from '../../ui/Button.tsx'
import type { Shown } from './SourceDialog.tsx'

export type Version = Answer<'GET /api/notebooks/:id/versions'>[number]

const title = (version: Version): string => version.name ?? `Version ${version.number}`

type HistoryProps = {
  readonly versions: readonly Version[]
  readonly mayRestore: boolean
  readonly onView: (shown: Shown) => void
  readonly onRestore: (version: Version) => void
}

export function History(props: HistoryProps) {
  return (
    <ol aria-label="Versions">
      <For each={props.versions}>
        {(version, index) => (
          <Entry
            version={version}
            current={index() === 0}
            mayRestore={props.mayRestore}
            onView={() => props.onView({ version: version.id, title: title(version), draft: false })}
            onRestore={() => props.onRestore(version)}
          />
        )}
      </For>
    </ol>
  )
}

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
        {props.version.author.name} · {date(props.version.created)} · {sizeText(props.version.bytes)}
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
