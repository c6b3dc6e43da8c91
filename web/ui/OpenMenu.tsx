// A menu that stands open, with its button. A disabled item stays visible and says why.
import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { MenuItem, MenuProps } from './Menu.tsx'

export function OpenMenu(props: MenuProps) {
  return (
    <DropdownMenu placement="bottom-end" gutter={4} modal={false} defaultOpen>
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
