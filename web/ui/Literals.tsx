// What stands in a version for everybody to read: its strings, numbers and comments.
import { For, Show } from 'solid-js'

type LiteralsProps = { readonly literals: readonly string[]; readonly more: number; readonly open?: boolean }

export const Literals = (props: LiteralsProps) => (
  <details class="mt-2" open={props.open}>
    <summary class="cursor-pointer text-ink-2">What stands in it</summary>
    <ul aria-label="Literals" class="mt-1 max-h-32 overflow-auto font-mono text-xs">
      <For each={props.literals}>{(literal) => <li class="break-all whitespace-pre-wrap">{literal}</li>}</For>
    </ul>
    <Show when={props.more > 0}>
      <p class="mt-1 text-xs text-ink-2">And {props.more} more.</p>
    </Show>
  </details>
)
