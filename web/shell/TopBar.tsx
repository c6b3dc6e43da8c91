import { A } from '@solidjs/router'
import Search from 'lucide-solid/icons/search'
import { Isolation } from '../features/kernel/Isolation.tsx'
import type { KernelWord } from '../features/notebook/session.ts'
import { keysOf, SHORTCUTS } from '../primitives/keys.ts'
import { Logo } from '../ui/Logo.tsx'
import { IconButton } from '../ui/Tip.tsx'
import { AccountMenu } from './AccountMenu.tsx'
import type { Dialogs } from './dialogs.ts'
import { TabStrip } from './TabStrip.tsx'
import { useWorkspace } from './workspace.ts'

export function TopBar(props: { readonly dialogs: Dialogs; readonly stateOf: (id: string) => KernelWord | null }) {
  const workspace = useWorkspace()
  return (
    <header class="flex h-(--bar) flex-none items-center border-b border-line bg-canvas">
      <nav aria-label="Main" class="flex h-full items-center border-r border-line">
        <A
          href="/"
          class="flex h-full items-center gap-2.5 px-4 text-sm font-medium -outline-offset-3 hover:bg-hover"
          classList={{ 'text-ink': workspace.active() === null, 'text-ink-2': workspace.active() !== null }}
          end
        >
          <Logo size={19} />
          <span class="max-sm:sr-only">Notebooks</span>
        </A>
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
