// The notebook in front, composed of the features. Frames stand in one host that is never taken out of the document:
// a frame that moves is a frame that loads again.

import { createQuery } from '@tanstack/solid-query'
import { createSignal, Show } from 'solid-js'
import type { NotebookId } from '#protocol/ids.ts'
import { KERNEL } from '#protocol/limits.ts'
import { IdleWarning } from '../features/kernel/IdleWarning.tsx'
import { KernelBar } from '../features/kernel/KernelBar.tsx'
import { RunningKernels } from '../features/kernel/RunningKernels.tsx'
import { StartSteps } from '../features/kernel/StartSteps.tsx'
import { Asked } from '../features/notebook/Asked.tsx'
import { Bars } from '../features/notebook/Bars.tsx'
import { Cover } from '../features/notebook/Cover.tsx'
import { Header } from '../features/notebook/Header.tsx'
import { SourcePane } from '../features/notebook/SourcePane.tsx'
import { kernelWord, openedOf } from '../features/notebook/session.ts'
import { createActions, createNotebooks } from '../features/notebooks/queries.ts'
import { useApi } from '../net/context.ts'
import { dataOf } from '../primitives/query.ts'
import { type PanelName, PanelSwitches, Panels } from './Panels.tsx'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

type NotebookPageProps = { readonly sessions: Sessions; readonly host: (element: HTMLElement) => void }

export function NotebookPage(props: NotebookPageProps) {
  const workspace = useWorkspace()
  const [panel, setPanel] = createSignal<PanelName | null>(null)
  const [sourceShown, setSourceShown] = createSignal(true)
  const id = () => workspace.active() ?? ''
  const session = () => props.sessions.of(id())
  const opened = () => openedOf(session())
  const starting = () => session().view.at === 'opening' || session().view.at === 'loading'
  const since = () => {
    const { view } = session()
    return 'since' in view ? view.since : 0
  }
  const source = () => (sourceShown() && opened()?.mode === 'run' ? (opened()?.source ?? null) : null)
  const reopen = () => void props.sessions.open(id())
  const still = () => void props.sessions.open(id(), { run: false })

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
            <Head sessions={props.sessions} id={active()} panel={panel()} onPanel={setPanel} />
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
        <div class="relative min-w-0 grow">
          <div class="frames absolute inset-0" ref={props.host} />
          <Show when={workspace.active() !== null && starting()}>
            <StartSteps phase={session().phase} since={since()} />
          </Show>
          <Show when={workspace.active() !== null}>
            <Cover
              session={session()}
              onReopen={reopen}
              onStill={still}
              onLeave={() => workspace.go(null)}
              kernels={<Kernels />}
            />
          </Show>
        </div>
        <Show when={panel()}>
          {(name) => (
            <Show when={opened()}>
              {(now) => (
                <Panels
                  shown={name()}
                  notebook={now().notebook}
                  mode={now().mode}
                  onClose={() => setPanel(null)}
                  onRestore={() => props.sessions.flush(id())}
                  onRestored={() => void props.sessions.open(id(), { fresh: true })}
                  onOpen={workspace.go}
                />
              )}
            </Show>
          )}
        </Show>
      </div>
      <AskedAll sessions={props.sessions} />
    </section>
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
        onRun={() => void props.sessions.run(props.id)}
      />
      <Show when={shown()}>{(mode) => <IdleWarning usage={session().usage} mode={mode()} />}</Show>
    </>
  )
}

type HeadProps = {
  readonly sessions: Sessions
  readonly id: NotebookId
  readonly panel: PanelName | null
  readonly onPanel: (panel: PanelName | null) => void
}

function Head(props: HeadProps) {
  const workspace = useWorkspace()
  const actions = createActions()
  const session = () => props.sessions.of(props.id)
  const opened = () => openedOf(session())
  const limit = createMemoryLimit(() => opened()?.kernel ?? null)
  const name = () => workspace.tabs().list.find((tab) => tab.id === props.id)?.name ?? ''

  async function rename(next: string): Promise<void> {
    const notebook = opened()?.notebook
    const done = notebook && (await actions.rename(notebook, next))
    if (!done) return
    props.sessions.dispatch(props.id, { type: 'renamed', name: next })
    props.sessions.seat(props.id)?.frame.setName(next)
    workspace.named(props.id, next)
  }
  return (
    <Header name={name()} opened={opened()} save={session().save} onRename={(next) => void rename(next)}>
      <KernelBar
        word={kernelWord(session())}
        mode={opened()?.mode ?? null}
        usage={session().usage}
        memoryLimit={limit()}
        deeds={{
          interrupt: () => props.sessions.interrupt(props.id),
          restart: () => void props.sessions.open(props.id, { fresh: true }),
          shutDown: () => props.sessions.shutDown(props.id),
        }}
      />
      <PanelSwitches shown={props.panel} onShow={props.onPanel} />
    </Header>
  )
}

/** The limit this kernel was started with; the default until the server has said. */
function createMemoryLimit(kernel: () => string | null): () => number {
  const api = useApi()
  const kernels = createQuery(() => ({
    queryKey: ['kernels', kernel()],
    queryFn: () => api('GET /api/kernels'),
    enabled: kernel() !== null,
  }))
  return () => dataOf(kernels)?.find((each) => each.kernel === kernel())?.memoryLimit ?? KERNEL.memory
}

function Kernels() {
  const list = createNotebooks()
  return <RunningKernels nameOf={(id) => dataOf(list)?.find((each) => each.id === id)?.name ?? null} />
}

/** Whoever is asked is asked wherever they look: the notebook may stand behind another, or behind the list. */
function AskedAll(props: { readonly sessions: Sessions }) {
  const workspace = useWorkspace()
  const asked = () =>
    workspace.tabs().list.flatMap(({ id, name }) => {
      const { ask } = props.sessions.of(id)
      return ask.state === 'asked' ? [{ id, name, ask }] : []
    })
  return (
    <Show when={asked()[0]}>
      {(first) => (
        <Asked
          by={first().ask.by}
          answerBy={first().ask.answerBy}
          name={first().name}
          onAnswer={(give) => void props.sessions.answer(first().id, give)}
        />
      )}
    </Show>
  )
}
