// A menu on a button. What is in it is data; a disabled item stays visible and says why.
import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { Icon } from './icon.ts'

export type MenuItem =
  | {
      readonly label: string
      readonly icon?: Icon
      readonly keys?: string
      readonly tone?: 'bad'
      readonly why?: string | undefined // set: the item is disabled, for this reason
      readonly run: () => void
    }
  | { readonly line: true }

type MenuProps = {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly trigger: JSX.Element
  readonly shape?: 'icon'
  readonly tone?: 'plain' | 'quiet'
  readonly size?: 'small'
  readonly tabIndex?: number
  readonly class?: string
}

/** For lists: a plain button until it is first pressed, since a thousand menus at once are slow to make. */
export function LazyMenu(props: MenuProps) {
  const [wanted, setWanted] = createSignal(false)
  return (
    <Show
      when={wanted()}
      fallback={
        <button
          type="button"
          class={`btn ${props.class ?? ''}`}
          data-tone={props.tone ?? 'quiet'}
          data-shape={props.shape}
          data-size={props.size}
          aria-label={props.label}
          aria-haspopup="menu"
          aria-expanded="false"
          tabIndex={props.tabIndex ?? 0}
          onClick={() => setWanted(true)}
        >
          {props.trigger}
        </button>
      }
    >
      <Menu {...props} defaultOpen />
    </Show>
  )
}

export function Menu(props: MenuProps & { readonly defaultOpen?: boolean }) {
  return (
    <DropdownMenu placement="bottom-end" gutter={4} modal={false} defaultOpen={props.defaultOpen ?? false}>
      <DropdownMenu.Trigger
        class={`btn ${props.class ?? ''}`}
        data-tone={props.tone ?? 'quiet'}
        data-shape={props.shape}
        data-size={props.size}
        aria-label={props.label}
        tabIndex={props.tabIndex ?? 0}
      >
        {props.trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu">
          <For each={props.items}>{(item) => <Entry item={item} />}</For>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}

function Entry(props: { readonly item: MenuItem }) {
  const item = props.item
  if ('line' in item) return <DropdownMenu.Separator class="menu-line" />
  return (
    <DropdownMenu.Item
      class="menu-item"
      data-tone={item.tone}
      aria-label={item.label}
      aria-description={item.why}
      disabled={item.why !== undefined}
      onSelect={item.run}
    >
      <Show when={item.icon}>{(icon) => <Dynamic component={icon()} size={15} aria-hidden="true" />}</Show>
      <span class="grow">
        {item.label}
        <Show when={item.why}>
          <span class="block text-xs text-ink-3">{item.why}</span>
        </Show>
      </span>
      <Show when={item.keys}>
        <span class="text-xs text-ink-3" aria-hidden="true">
          {item.keys}
        </span>
      </Show>
    </DropdownMenu.Item>
  )
}
