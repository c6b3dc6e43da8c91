// A name edited in place: Enter keeps, Escape leaves it, leaving the field keeps. The server's refusal is shown by the caller.
import { createSignal, onMount, Show } from 'solid-js'
import { NotebookName } from '#protocol/api.ts'

type RenameProps = {
  readonly name: string
  readonly onDone: (name: string | null) => void // null: left as it was
  readonly class?: string
}

export function Rename(props: RenameProps) {
  const [text, setText] = createSignal(props.name)
  const wrong = () => !NotebookName.safeParse(text().trim()).success
  let field: HTMLInputElement | undefined
  let done = false

  function finish(keepIt: boolean): void {
    if (done || (keepIt && wrong() && document.activeElement === field)) return
    done = true
    const name = text().trim()
    props.onDone(keepIt && !wrong() && name !== props.name ? name : null)
  }
  onMount(() => field?.select())

  return (
    <span class={`relative block min-w-0 ${props.class ?? ''}`}>
      <input
        ref={(element) => {
          field = element
          queueMicrotask(() => element.focus())
        }}
        class="field"
        aria-label="Name"
        aria-invalid={wrong()}
        autocomplete="off"
        spellcheck={false}
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={() => finish(true)}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Enter') finish(true)
          if (event.key === 'Escape') finish(false)
        }}
      />
      <Show when={wrong()}>
        <span class="card-pop absolute top-full left-0 mt-1 px-2.5 py-1.5 text-xs text-bad" role="alert">
          1 to 200 characters, without slashes.
        </span>
      </Show>
    </span>
  )
}
