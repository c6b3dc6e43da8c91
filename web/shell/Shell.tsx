// The frame around everything: the bar, the banners, the list or the notebooks, and the dialogs over them.
import { type ParentProps, Show } from 'solid-js'
import { InsecureBanner } from '../features/kernel/Isolation.tsx'
import { createDialogs } from './dialogs.ts'
import { DialogHost } from './DialogHost.tsx'
import { createKeymap } from './keymap.ts'
import { TopBar } from './TopBar.tsx'
import { createWorkspace, WorkspaceContext } from './workspace.ts'
import type { createTheme } from '../primitives/theme.ts'

export function Shell(props: ParentProps<{ readonly theme: ReturnType<typeof createTheme> }>) {
  const dialogs = createDialogs()
  const workspace = createWorkspace(() => null)
  const keymap = createKeymap(dialogs, workspace, () => {})
  return (
    <WorkspaceContext.Provider value={workspace}>
      <div class="flex h-full flex-col">
        <TopBar dialogs={dialogs} stateOf={() => null} />
        <InsecureBanner />
        <main class="relative min-h-0 grow">
          <Show when={workspace.active() === null}>{props.children}</Show>
        </main>
      </div>
      <DialogHost dialogs={dialogs} theme={props.theme} keymap={keymap} />
    </WorkspaceContext.Provider>
  )
}
