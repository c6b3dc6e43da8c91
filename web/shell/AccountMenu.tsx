import Info from 'lucide-solid/icons/info'
import Keyboard from 'lucide-solid/icons/keyboard'
import LogOut from 'lucide-solid/icons/log-out'
import Settings from 'lucide-solid/icons/settings'
import { usePeople } from '../net/context.ts'
import { keysOf } from '../primitives/keys.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { Menu } from '../ui/Menu.tsx'
import type { Dialogs } from './dialogs.ts'

export function AccountMenu(props: { readonly dialogs: Dialogs }) {
  const people = usePeople()
  const name = () => {
    const who = people.who()
    return who.state === 'signed-in' ? who.person.name : ''
  }
  return (
    <Menu
      label={`Signed in as ${name()}`}
      trigger={
        <>
          <Avatar name={name()} size={22} />
          <span class="max-md:hidden">{name()}</span>
        </>
      }
      items={[
        { label: 'Preferences', icon: Settings, run: () => queueMicrotask(() => props.dialogs.open('preferences')) },
        {
          label: 'Keyboard shortcuts',
          icon: Keyboard,
          keys: keysOf('list'),
          run: () => queueMicrotask(() => props.dialogs.open('shortcuts')),
        },
        { label: 'About this server', icon: Info, run: () => queueMicrotask(() => props.dialogs.open('about')) },
        { line: true },
        { label: 'Sign out', icon: LogOut, run: () => void people.signOut() },
      ]}
    />
  )
}
