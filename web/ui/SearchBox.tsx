import Search from 'lucide-solid/icons/search'
import { Show } from 'solid-js'
import { Kbd } from './Notice.tsx'

type SearchBoxProps = { readonly value: string; readonly label: string; readonly onInput: (text: string) => void }

/** `data-search` is what the "/" shortcut focuses. */
export function SearchBox(props: SearchBoxProps) {
  return (
    <div class="relative w-full sm:w-64">
      <Search size={15} class="pointer-events-none absolute top-2.25 left-2.5 text-ink-3" aria-hidden="true" />
      <input
        type="search"
        class="field pr-8 pl-8"
        data-search
        aria-label={props.label}
        placeholder={props.label}
        autocomplete="off"
        spellcheck={false}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (props.value === '') event.currentTarget.blur()
          props.onInput('')
        }}
      />
      <Show when={props.value === ''}>
        <span class="pointer-events-none absolute top-1.5 right-2" aria-hidden="true">
          <Kbd>/</Kbd>
        </span>
      </Show>
    </div>
  )
}
