import { useNavigate } from '@solidjs/router'
import BookOpen from 'lucide-solid/icons/book-open'
import Database from 'lucide-solid/icons/database'
import Download from 'lucide-solid/icons/download'
import Eye from 'lucide-solid/icons/eye'
import Home from 'lucide-solid/icons/house'
import Keyboard from 'lucide-solid/icons/keyboard'
import LogOut from 'lucide-solid/icons/log-out'
import FilePlus from 'lucide-solid/icons/plus'
import Settings from 'lucide-solid/icons/settings'
import X from 'lucide-solid/icons/x'
import { Match, Show, Suspense, Switch } from 'solid-js'
import type { Profile } from '#protocol/policy/profile.ts'
import { createActions, createNotebooks } from '../features/notebooks/queries.ts'
import { useMay, useMember, usePeople } from '../net/context.ts'
import { keysOf } from '../primitives/keys.ts'
import { dataOf } from '../primitives/query.ts'
import type { createTheme } from '../primitives/theme.ts'
import { lazily } from '../ui/lazily.tsx'
import type { Dialogs } from './dialogs.ts'
import type { Keymap } from './keymap.ts'
import type { Command } from './Palette.tsx'
import { useWorkspace } from './workspace.ts'

const PAGES = [
  { label: 'Tables', path: '/tables', deed: 'see tables' },
  { label: 'Artefacts', path: '/artefacts', deed: 'see artefacts' },
  { label: 'Models', path: '/models', deed: 'ask models' },
  { label: 'Access', path: '/access', deed: 'govern' },
  { label: 'Audit', path: '/audit', deed: 'audit own' },
] as const
const Palette = lazily(() => import('./Palette.tsx').then((module) => module.Palette))
const Shortcuts = lazily(() => import('./Shortcuts.tsx').then((module) => module.Shortcuts))
const About = lazily(() => import('../features/kernel/About.tsx').then((module) => module.About))
const Preferences = lazily(() => import('../features/preferences/Preferences.tsx').then((module) => module.Preferences))
const Confirm = lazily(() => import('../ui/Confirm.tsx').then((module) => module.Confirm))
const FollowLink = lazily(() => import('./FollowLink.tsx').then((module) => module.FollowLink))

const PreviewDialog = lazily(() => import('../features/data/PreviewDialog.tsx').then((module) => module.PreviewDialog))

type DialogHostProps = {
  readonly dialogs: Dialogs
  readonly theme: ReturnType<typeof createTheme>
  readonly keymap: Keymap
  readonly onPreview: (as: Profile) => void // the notebook in front
}

export function DialogHost(props: DialogHostProps) {
  return (
    <Suspense>
      <Switch>
        <Match when={props.dialogs.shown() === 'palette'}>
          <PaletteDialog dialogs={props.dialogs} />
        </Match>
        <Match when={props.dialogs.shown() === 'shortcuts'}>
          <Shortcuts onClose={props.dialogs.close} />
        </Match>
        <Match when={props.dialogs.shown() === 'about'}>
          <About onClose={props.dialogs.close} />
        </Match>
        <Match when={props.dialogs.shown() === 'preview'}>
          <PreviewDialog onPreview={props.onPreview} onClose={props.dialogs.close} />
        </Match>
        <Match when={props.dialogs.shown() === 'preferences'}>
          <Preferences
            onTheme={props.theme.choose}
            singleKeys={props.keymap.singleKeys()}
            onSingleKeys={props.keymap.setSingleKeys}
            onClose={props.dialogs.close}
          />
        </Match>
      </Switch>
      <Show when={props.dialogs.question()}>
        {(asked) => (
          <Confirm title={asked().title} act={asked().act} onAct={asked().run} onClose={props.dialogs.closeQuestion}>
            {asked().text}
          </Confirm>
        )}
      </Show>
      <Show when={props.dialogs.link()}>{(url) => <FollowLink url={url()} onClose={props.dialogs.closeLink} />}</Show>
    </Suspense>
  )
}

function PaletteDialog(props: { readonly dialogs: Dialogs }) {
  const workspace = useWorkspace()
  const navigate = useNavigate()
  const people = usePeople()
  const member = useMember()
  const may = useMay()
  const actions = createActions()
  const list = createNotebooks()

  async function create(): Promise<void> {
    const made = await actions.create()
    if (made) workspace.go(made.id)
  }
  const notebooks = (): readonly Command[] =>
    (dataOf(list) ?? []).map((notebook) => ({
      label: notebook.name,
      hint: notebook.author.name,
      run: () => workspace.go(notebook.id),
    }))
  const ofFront = (): readonly Command[] => {
    const active = workspace.active()
    if (active === null) return []
    return [
      { label: 'Download source', icon: Download, run: () => void actions.download({ id: active }) },
      { label: 'Preview as a reader…', icon: Eye, run: () => props.dialogs.open('preview') },
      { label: 'Close this notebook', icon: X, run: () => workspace.close(active) },
    ]
  }
  const commands = (): readonly Command[] => [
    ...ofFront(),
    ...(member() ? [{ label: 'New notebook', icon: FilePlus, run: () => void create() }] : []),
    { label: 'Go to the notebooks', icon: Home, run: () => workspace.go(null) },
    { label: 'Go to the library', icon: BookOpen, run: () => navigate('/library') },
    ...PAGES.filter(({ deed }) => may(deed)).map(({ label, path }) => ({
      label,
      icon: Database,
      run: () => workspace.visit(path),
    })),
    { label: 'Preferences', icon: Settings, run: () => props.dialogs.open('preferences') },
    { label: 'Keyboard shortcuts', icon: Keyboard, hint: keysOf('list'), run: () => props.dialogs.open('shortcuts') },
    { label: 'Sign out', icon: LogOut, run: () => void people.signOut() },
  ]
  return <Palette commands={commands()} notebooks={notebooks()} onClose={props.dialogs.close} />
}
