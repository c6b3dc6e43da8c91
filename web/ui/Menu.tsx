// A menu on a button. What is in it is data. It is a plain button until it is first pressed: a thousand menus at once are
// slow to make, and what draws a menu is loaded when the pointer or the focus comes near.
import { createSignal, type JSX, Show } from 'solid-js'
import type { Icon } from './icon.ts'
import { lazily } from './lazily.tsx'

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

export type MenuProps = {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly trigger: JSX.Element
  readonly shape?: 'icon'
  readonly tone?: 'plain' | 'quiet'
  readonly size?: 'small'
  readonly tabIndex?: number
  readonly class?: string
}

const OpenMenu = lazily<MenuProps>(() => import('./OpenMenu.tsx').then((module) => module.OpenMenu))

export function Menu(props: MenuProps) {
  const [wanted, setWanted] = createSignal(false)
  const near = () => void OpenMenu.preload()
  const open = () => void OpenMenu.preload().then(() => setWanted(true)) // the button keeps the focus until its menu can take it
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
          onPointerEnter={near}
          onFocus={near}
          onClick={open}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return
            event.preventDefault()
            event.stopPropagation() // in a grid the arrows go from row to row
            open()
          }}
        >
          {props.trigger}
        </button>
      }
    >
      <OpenMenu {...props} />
    </Show>
  )
}
