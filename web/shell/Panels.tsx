// The panels at the side of a notebook, one at a time.
import File from 'lucide-solid/icons/file'
import Gauge from 'lucide-solid/icons/gauge'
import Layers from 'lucide-solid/icons/layers'
import Package from 'lucide-solid/icons/package'
import Table from 'lucide-solid/icons/table-2'
import { For, Match, Suspense, Switch } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { Notebook } from '#protocol/api.ts'
import type { KernelId } from '#protocol/ids.ts'
import type { Role } from '#protocol/roles.ts'
import { Drawer } from '../ui/Drawer.tsx'
import type { Icon } from '../ui/icon.ts'
import { lazily } from '../ui/lazily.tsx'
import { IconButton } from '../ui/Tip.tsx'

const Versions = lazily(() => import('../features/versions/Versions.tsx').then((module) => module.Versions))
const Files = lazily(() => import('../features/files/Files.tsx').then((module) => module.Files))
const Packages = lazily(() => import('../features/packages/Packages.tsx').then((module) => module.Packages))
const Sight = lazily(() => import('../features/data/Sight.tsx').then((module) => module.Sight))
const LimitList = lazily(() => import('../features/kernel/LimitList.tsx').then((module) => module.LimitList))

export type PanelName = 'What you see' | 'Versions' | 'Files' | 'Packages' | 'Limits'
const PANELS: readonly { name: PanelName; icon: Icon }[] = [
  { name: 'What you see', icon: Table },
  { name: 'Versions', icon: Layers },
  { name: 'Files', icon: File },
  { name: 'Packages', icon: Package },
  { name: 'Limits', icon: Gauge },
]

type SwitchesProps = { readonly shown: PanelName | null; readonly onShow: (panel: PanelName | null) => void }

export function PanelSwitches(props: SwitchesProps) {
  return (
    <div role="toolbar" aria-label="Panels" class="flex border-l border-line pl-2">
      <For each={PANELS}>
        {(panel) => (
          <IconButton
            label={panel.name}
            text={panel.name}
            pressed={props.shown === panel.name}
            onClick={() => props.onShow(props.shown === panel.name ? null : panel.name)}
          >
            <Dynamic component={panel.icon} size={16} aria-hidden="true" />
          </IconButton>
        )}
      </For>
    </div>
  )
}

type PanelsProps = {
  readonly shown: PanelName
  readonly notebook: Notebook
  readonly mode: Role
  readonly kernel: KernelId
  readonly onRestore: () => Promise<void>
  readonly onClose: () => void
  readonly onRestored: () => void
  readonly onOpen: (id: string) => void
}

export function Panels(props: PanelsProps) {
  const mayEdit = () => props.notebook.rights !== 'view' && props.notebook.sees === 'newest'
  const mayRestore = () => mayEdit() && (props.mode === 'edit' || props.notebook.editor === null)
  return (
    <Drawer title={props.shown} onClose={props.onClose}>
      <Suspense>
        <Switch>
          <Match when={props.shown === 'What you see'}>
            <Sight kernel={props.kernel} />
          </Match>
          <Match when={props.shown === 'Versions'}>
            <Versions
              id={props.notebook.id}
              mayRelease={props.notebook.rights === 'author' && props.notebook.sees === 'newest'}
              mayEdit={mayEdit()}
              mayRestore={mayRestore()}
              onRestore={props.onRestore}
              onRestored={props.onRestored}
              onKept={props.onOpen}
            />
          </Match>
          <Match when={props.shown === 'Files'}>
            <Files id={props.notebook.id} mayEdit={mayEdit()} />
          </Match>
          <Match when={props.shown === 'Packages'}>
            <Packages />
          </Match>
          <Match when={props.shown === 'Limits'}>
            <LimitList />
          </Match>
        </Switch>
      </Suspense>
    </Drawer>
  )
}
