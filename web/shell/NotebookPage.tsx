// The notebook in front, composed of the features.

import { createSignal, Show, Suspense } from 'solid-js'
import type { NotebookId } from '#protocol/ids.ts'
import { SourcePane } from '../features/notebook/SourcePane.tsx'
import { openedOf } from '../features/notebook/session.ts'
import { lazily } from '../ui/lazily.tsx'
import { AskedAll } from './AskedAll.tsx'
import { NotebookHead } from './NotebookHead.tsx'
import { type PanelName, Panels } from './Panels.tsx'
import { Stage } from './Stage.tsx'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

const Above = lazily(() => import('./Above.tsx').then((module) => module.Above))

type NotebookPageProps = {
  readonly sessions: Sessions
  readonly host: (element: HTMLElement) => void
  readonly onPreview: () => void
}

export function NotebookPage(props: NotebookPageProps) {
  const workspace = useWorkspace()
  const [panel, setPanel] = createSignal<PanelName | null>(null)
  const [sourceShown, setSourceShown] = createSignal(true)
  const id = () => workspace.active() ?? ''
  const opened = () => openedOf(props.sessions.of(id()))
  const source = () => (sourceShown() && opened()?.mode === 'run' ? (opened()?.source ?? null) : null)

  return (
    <section
      id="notebook-panel"
      role="tabpanel"
      aria-labelledby={workspace.active() ? `tab-${id()}` : undefined}
      class="absolute inset-0 flex flex-col bg-surface"
      classList={{ invisible: workspace.active() === null }}
      inert={workspace.active() === null}
    >
      <Show when={workspace.active()}>
        {(active) => (
          <>
            <NotebookHead
              sessions={props.sessions}
              id={active()}
              panel={panel()}
              onPanel={setPanel}
              onPreview={props.onPreview}
            />
            <Suspense>
              <Above
                sessions={props.sessions}
                id={active()}
                sourceShown={sourceShown()}
                onSource={() => setSourceShown(!sourceShown())}
                onDraft={() => setPanel('Versions')}
              />
            </Suspense>
          </>
        )}
      </Show>
      <div class="relative flex min-h-0 grow">
        <Show when={source()}>{(text) => <SourcePane source={text()} />}</Show>
        <Stage {...props} />
        <Show when={panel()}>
          {(name) => <Panel sessions={props.sessions} id={id()} shown={name()} onClose={() => setPanel(null)} />}
        </Show>
      </div>
      <AskedAll sessions={props.sessions} />
    </section>
  )
}

type PanelProps = {
  readonly sessions: Sessions
  readonly id: NotebookId
  readonly shown: PanelName
  readonly onClose: () => void
}

function Panel(props: PanelProps) {
  const workspace = useWorkspace()
  const opened = () => openedOf(props.sessions.of(props.id))
  return (
    <Show when={opened()}>
      {(now) => (
        <Panels
          shown={props.shown}
          notebook={now().notebook}
          mode={now().mode}
          kernel={now().kernel}
          onClose={props.onClose}
          onRestore={() => props.sessions.flush(props.id)}
          onRestored={() => void props.sessions.open(props.id, { fresh: true })}
          onOpen={workspace.go}
        />
      )}
    </Show>
  )
}
