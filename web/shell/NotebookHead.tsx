// The notebook's name, its kernel and the switches of the panels, across the top.
import { createQuery } from '@tanstack/solid-query'
import { createSignal, Show, Suspense } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import type { NotebookId } from '#protocol/ids.ts'
import { KERNEL } from '#protocol/limits.ts'
import { KernelBar } from '../features/kernel/KernelBar.tsx'
import { Header } from '../features/notebook/Header.tsx'
import { kernelWord, openedOf } from '../features/notebook/session.ts'
import { createActions } from '../features/notebooks/queries.ts'
import { useApi } from '../net/context.ts'
import { dataOf } from '../primitives/query.ts'
import { Button } from '../ui/Button.tsx'
import { lazily } from '../ui/lazily.tsx'
import { type PanelName, PanelSwitches } from './Panels.tsx'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

const ShareDialog = lazily(() => import('../features/sharing/ShareDialog.tsx').then((module) => module.ShareDialog))

type NotebookHeadProps = {
  readonly sessions: Sessions
  readonly id: NotebookId
  readonly panel: PanelName | null
  readonly onPanel: (panel: PanelName | null) => void
  readonly onPreview: () => void
}

export function NotebookHead(props: NotebookHeadProps) {
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
      <Share notebook={opened()?.notebook ?? null} name={name()} save={session().save} onPreview={props.onPreview} />
      <PanelSwitches shown={props.panel} onShow={props.onPanel} />
    </Header>
  )
}

type ShareProps = {
  readonly notebook: Notebook | null
  readonly name: string
  readonly save: unknown
  readonly onPreview: () => void
}

/** For who may see with whom it is shared: its author, and the workspace's owner. */
function Share(props: ShareProps) {
  const [asked, setAsked] = createSignal(false)
  return (
    <Show when={props.notebook?.shares && props.notebook.id} keyed>
      {(id) => (
        <>
          <Button size="small" onClick={() => setAsked(true)}>
            Share
          </Button>
          <Show when={asked()}>
            <Suspense>
              <ShareDialog id={id} {...props} onClose={() => setAsked(false)} />
            </Suspense>
          </Show>
        </>
      )}
    </Show>
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
