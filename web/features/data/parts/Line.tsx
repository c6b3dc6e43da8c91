// One line of a dialog's form: what it is about, and its fields, which are named themselves.
import type { ParentProps } from 'solid-js'

export const Line = (props: ParentProps<{ readonly label: string }>) => (
  <div class="mb-4 grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[100px_minmax(0,1fr)]">
    <span class="pt-1.5 text-ink-2" aria-hidden="true">
      {props.label}
    </span>
    <div>{props.children}</div>
  </div>
)
