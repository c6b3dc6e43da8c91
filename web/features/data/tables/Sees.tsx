// In a line: how much of a table somebody sees.
import Eye from 'lucide-solid/icons/eye'
import EyeOff from 'lucide-solid/icons/eye-off'
import Funnel from 'lucide-solid/icons/funnel'
import Lock from 'lucide-solid/icons/lock'
import { type ParentProps, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { TableCard } from '#protocol/managed.ts'
import { count } from '../../../primitives/format.ts'
import type { Icon } from '../../../ui/icon.ts'

export function Sees(props: { readonly access: TableCard['access'] }) {
  const seen = () => (props.access.readable ? props.access : null)
  return (
    <Show when={seen()} fallback={<Note icon={Lock}>You may not read it</Note>}>
      {(access) => (
        <span class="flex flex-wrap gap-x-4 gap-y-0.5">
          <Show when={access().masked > 0}>
            <Note icon={EyeOff}>{count(access().masked, 'column')} masked</Note>
          </Show>
          <Show when={access().filtered}>
            <Note icon={Funnel}>some rows left out</Note>
          </Show>
          <Show when={access().masked === 0 && !access().filtered}>
            <Note icon={Eye}>{count(access().columns, 'column')}, all rows</Note>
          </Show>
        </span>
      )}
    </Show>
  )
}

const Note = (props: ParentProps<{ readonly icon: Icon }>) => (
  <span class="inline-flex items-center gap-1.5 text-ink-2">
    <Dynamic component={props.icon} size={14} class="flex-none text-ink-3" aria-hidden="true" />
    <span>{props.children}</span>
  </span>
)
