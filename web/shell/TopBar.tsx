import { A, useLocation } from '@solidjs/router'
import BookOpen from 'lucide-solid/icons/book-open'
import Database from 'lucide-solid/icons/database'
import Search from 'lucide-solid/icons/search'
import { type ParentProps, Show } from 'solid-js'
import { Isolation } from '../features/kernel/Isolation.tsx'
import type { KernelWord } from '../features/notebook/session.ts'
import { useMay } from '../net/context.ts'
import { keysOf, SHORTCUTS } from '../primitives/keys.ts'
import { Logo } from '../ui/Logo.tsx'
import { IconButton } from '../ui/Tip.tsx'
import { AccountMenu } from './AccountMenu.tsx'
import type { Dialogs } from './dialogs.ts'
import { TabStrip } from './TabStrip.tsx'

export function TopBar(props: { readonly dialogs: Dialogs; readonly stateOf: (id: string) => KernelWord | null }) {
  const may = useMay()
  /** Where the pages on managed data begin for this person. */
  const data = () =>
    may('see tables') ? { path: '/tables', name: 'Tables' } : may('audit own') && { path: '/audit', name: 'Audit' }
  return (
    <header class="flex h-(--bar) flex-none items-center border-b border-line bg-canvas">
      <nav aria-label="Main" class="flex h-full items-center border-r border-line">
        <Place href="/" name="Notebooks" there={/^\/$/}>
          <Logo size={19} />
        </Place>
        <Show when={data()}>
          {(link) => (
            <Place href={link().path} name={link().name} there={/^\/(tables|artefacts|models|access|audit)\b/}>
              <Database size={15} aria-hidden="true" />
            </Place>
          )}
        </Show>
        <Place href="/library" name="Library" there={/^\/library$/}>
          <BookOpen size={16} aria-hidden="true" />
        </Place>
      </nav>
      <TabStrip stateOf={props.stateOf} />
      <div class="flex items-center gap-1 px-2">
        <IconButton
          text={SHORTCUTS.palette.what}
          keys={keysOf('palette')}
          label="Command palette"
          onClick={() => props.dialogs.open('palette')}
        >
          <Search size={16} />
        </IconButton>
        <Isolation />
        <AccountMenu dialogs={props.dialogs} />
      </div>
    </header>
  )
}

/** `there`: the addresses that belong to it. */
function Place(props: ParentProps<{ readonly href: string; readonly name: string; readonly there: RegExp }>) {
  const location = useLocation()
  const here = () => props.there.test(location.pathname)
  return (
    <A
      href={props.href}
      class="flex h-full items-center gap-2.5 px-4 text-sm font-medium -outline-offset-3 hover:bg-hover max-sm:px-3"
      classList={{ 'text-ink': here(), 'text-ink-2': !here() }}
      end
    >
      {props.children}
      <span class="max-sm:sr-only">{props.name}</span>
    </A>
  )
}
