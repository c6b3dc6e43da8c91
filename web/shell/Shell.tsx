// The frame around everything: the bar, the banners, the list or the notebooks, and the dialogs over them.
import { type ParentProps, Show } from 'solid-js'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { InsecureBanner } from '../features/kernel/Isolation.tsx'
import { kernelWord, openedOf } from '../features/notebook/session.ts'
import { usePeople } from '../net/context.ts'
import type { People } from '../net/person.ts'
import type { createTheme } from '../primitives/theme.ts'
import { ASKED } from './AskedAll.tsx'
import { ConnectionBanner } from './connection.tsx'
import { createDesk } from './createDesk.ts'
import { DialogHost } from './DialogHost.tsx'
import { createDialogs, type Dialogs } from './dialogs.ts'
import { createKeymap } from './keymap.ts'
import { NotebookPage } from './NotebookPage.tsx'
import { keepSettings, takeAlong } from './outgoing.ts'
import type { FrameNews } from './relay.ts'
import type { Sessions } from './sessions.ts'
import { TopBar } from './TopBar.tsx'
import { createWorkspace, type Workspace, WorkspaceContext } from './workspace.ts'

export function Shell(props: ParentProps<{ readonly me: PersonId; readonly theme: ReturnType<typeof createTheme> }>) {
  const people = usePeople()
  const dialogs = createDialogs()
  const workspace = createWorkspace()
  const desk = createDesk({
    me: props.me,
    theme: () => props.theme.theme(),
    workspace,
    news: (notebook, news, sessions) => onNews(notebook, news, { people, sessions, dialogs, workspace }),
  })
  const front = () => desk.sessions.seat(workspace.active() ?? '')?.frame
  const keymap = createKeymap(dialogs, workspace, { enter: () => front()?.focus(), save: () => front()?.save() })
  const stateOf = (id: NotebookId) => {
    const session = desk.sessions.of(id)
    return session.view.at === 'asleep' ? null : kernelWord(session)
  }

  return (
    <WorkspaceContext.Provider value={workspace}>
      <div class="flex h-full flex-col">
        <TopBar dialogs={dialogs} stateOf={stateOf} />
        <InsecureBanner />
        <ConnectionBanner connection={desk.connection()} onRetry={desk.retry} />
        <main class="relative min-h-0 grow">
          <NotebookPage sessions={desk.sessions} host={desk.host} onPreview={() => dialogs.open('preview')} />
          <Show when={workspace.active() === null}>
            <div class="absolute inset-0 bg-surface">{props.children}</div>
          </Show>
        </main>
      </div>
      <DialogHost
        dialogs={dialogs}
        theme={props.theme}
        keymap={keymap}
        onPreview={(as) => void desk.sessions.open(workspace.active() ?? '', { preview: as })}
      />
    </WorkspaceContext.Provider>
  )
}

type Around = { readonly people: People; readonly sessions: Sessions; readonly dialogs: Dialogs; readonly workspace: Workspace }

/** What a frame asks of the shell. A notebook behind another has no say. */
function onNews(
  notebook: NotebookId,
  news: Exclude<FrameNews, { type: 'rendered' | 'unchanged' }>,
  { people, sessions, dialogs, workspace }: Around,
): void {
  if (workspace.active() !== notebook) return
  const shortcuts = {
    palette: () => dialogs.open('palette'),
    cross: () => (document.getElementById(ASKED) ?? document.getElementById(`tab-${notebook}`))?.focus(),
    next: () => workspace.cycle(1),
    previous: () => workspace.cycle(-1),
  }
  const ask = (act: string, run: () => void) =>
    dialogs.ask({ title: `${act}?`, text: 'The notebook asks for it. Its variables and outputs are gone then.', act, run })
  const intents = {
    restart: () => ask('Restart the kernel', () => void sessions.open(notebook, { fresh: true })),
    shutdown: () => ask('Shut the kernel down', () => sessions.shutDown(notebook)),
    takeover: () => void sessions.open(notebook),
  }
  if (news.type === 'shortcut') shortcuts[news.key]()
  byHand(() => {
    if (news.type === 'intent') intents[news.intent]()
    if (news.type === 'link') dialogs.askLink(news.url)
    const opened = openedOf(sessions.of(notebook))
    if (news.type === 'download' && opened) takeAlong(opened.mode, opened.notebook.name, news)
    if (news.type === 'settings' && opened?.mode === 'edit') keepSettings(people, news.change)
  })
}

const BEHIND = 250 // ms by which a press may come after the message that it caused: they take different ways

/** Does it if a person has just pressed something; a script that speaks by itself is not heard. */
function byHand(run: () => void): void {
  if (navigator.userActivation.isActive) run()
  else setTimeout(() => navigator.userActivation.isActive && run(), BEHIND)
}
