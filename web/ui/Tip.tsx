// A tooltip on its trigger. The trigger keeps its own accessible name: the tip only repeats or adds to it.
import { Tooltip } from '@kobalte/core/tooltip'
import { type JSX, type ParentProps, Show } from 'solid-js'

type TipProps = ParentProps<{
  readonly text: JSX.Element
  readonly keys?: string
  readonly label?: string
  readonly class?: string
  readonly pressed?: boolean
  readonly expanded?: boolean
  readonly disabled?: boolean
  readonly tone?: 'plain' | 'quiet' | 'accent'
  readonly onClick?: () => void
}>

/** A button drawn as an icon, its name in a tooltip. */
export function IconButton(props: TipProps) {
  return (
    <Tooltip openDelay={350} gutter={6}>
      <Tooltip.Trigger
        class={`btn ${props.class ?? ''}`}
        data-shape="icon"
        data-tone={props.tone ?? 'quiet'}
        aria-label={props.label}
        aria-pressed={props.pressed}
        aria-expanded={props.expanded}
        disabled={props.disabled ?? false}
        onClick={() => props.onClick?.()}
      >
        {props.children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content class="tip">
          {props.text}
          <Show when={props.keys}>
            <span class="ml-2 opacity-70">{props.keys}</span>
          </Show>
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip>
  )
}
