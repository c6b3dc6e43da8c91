// A native list to choose from, with a name for who does not see it.
import { For } from 'solid-js'

type ChoiceProps<T extends string> = {
  readonly label: string
  readonly value: T
  readonly options: readonly (readonly [value: T, text: string])[]
  readonly onValue: (value: T) => void
  readonly class?: string
}

export function Choice<T extends string>(props: ChoiceProps<T>) {
  return (
    <select
      class={`field w-auto max-w-full pr-1 ${props.class ?? ''}`}
      aria-label={props.label}
      onChange={(event) => props.onValue(event.currentTarget.value as T)}
    >
      <For each={props.options}>
        {([value, text]) => (
          <option value={value} selected={value === props.value}>
            {text}
          </option>
        )}
      </For>
    </select>
  )
}
