// A field for a value that has a form of its own: what does not read as one keeps the form around it from being sent, and is
// never passed on. What is being typed is not rewritten.
import { createEffect, Show } from 'solid-js'

type FieldProps<T> = {
  readonly label: string
  readonly text: string
  readonly read: (text: string) => T | null
  readonly wrong: string // said where it does not read
  readonly onValue: (value: T) => void
  readonly placeholder?: string
  readonly class?: string
  readonly lines?: number
  readonly type?: 'text' | 'date' | 'number'
}

export function Field<T>(props: FieldProps<T>) {
  let box: HTMLInputElement | HTMLTextAreaElement | undefined
  const judge = (text: string) => {
    const value = props.read(text)
    box?.setCustomValidity(value === null ? props.wrong : '')
    return value
  }
  createEffect(() => {
    const { text } = props
    if (!box || box === document.activeElement) return
    box.value = text
    judge(text)
  })
  const take = () => {
    const value = judge(box?.value ?? '')
    if (value !== null) props.onValue(value)
  }
  const common = {
    ref: (element: HTMLInputElement | HTMLTextAreaElement) => {
      box = element
    },
    get 'aria-label'() {
      return props.label
    },
    get placeholder() {
      return props.placeholder ?? ''
    },
    spellcheck: false,
    onInput: take,
  }
  return (
    <Show
      when={props.lines}
      fallback={
        <input
          {...common}
          type={props.type ?? 'text'}
          class={`field ${props.class ?? ''}`}
          autocomplete="off"
          value={props.text}
        />
      }
    >
      {(lines) => <textarea {...common} rows={lines()} class={`field h-auto py-1.5 ${props.class ?? ''}`} value={props.text} />}
    </Show>
  )
}
