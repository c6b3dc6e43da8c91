// The notebook in front, composed of the features.

import { createSignal, Show } from 'solid-js'
import type { NotebookId } from '#protocol/ids.ts'
import { IdleWarning } from '../features/kernel/IdleWarning.tsx'
import { Bars } from '../features/notebook/Bars.tsx'
import { SourcePane } from '../features/notebook/SourcePane.tsx'
import { openedOf } from '../features/notebook/session.ts'
import { AskedAll } from './AskedAll.tsx'
import { NotebookHead } from './NotebookHead.tsx'
import { type PanelName, Panels } from './Panels.tsx'
import { Stage } from './Stage.tsx'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

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
            <Above
              sessions={props.sessions}
              id={active()}
              sourceShown={sourceShown()}
              onSource={() => setSourceShown(!sourceShown())}
              onDraft={() => setPanel('Versions')}
            />
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

type AboveProps = {
  readonly sessions: Sessions
  readonly id: NotebookId
  readonly sourceShown: boolean
  readonly onSource: () => void
  readonly onDraft: () => void
}

function Above(props: AboveProps) {
  const session = () => props.sessions.of(props.id)
  const shown = () => (session().view.at === 'shown' ? openedOf(session())?.mode : undefined)
  return (
    <>
      <Bars
        session={session()}
        sourceShown={props.sourceShown}
        onSource={props.onSource}
        onDraft={props.onDraft}
        onAsk={() => void props.sessions.ask(props.id)}
        onReopen={() => void props.sessions.open(props.id)}
        onLoad={() => void props.sessions.open(props.id, { fresh: true })}
        onStill={() => void props.sessions.open(props.id, { run: false })}
        onBack={() => void props.sessions.open(props.id, { preview: null })}
        onTrust={() => void props.sessions.trust(props.id)}
        onRun={() => void props.sessions.run(props.id)}
      />
      <Show when={shown()}>{(mode) => <IdleWarning usage={session().usage} mode={mode()} />}</Show>
    </>
  )
}
