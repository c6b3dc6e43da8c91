// From one thing back to the list that it stands in.
import { A } from '@solidjs/router'
import ArrowLeft from 'lucide-solid/icons/arrow-left'
import type { ParentProps } from 'solid-js'

export function Back(props: ParentProps<{ readonly to: string }>) {
  return (
    <A href={props.to} class="mb-2 inline-flex items-center gap-1.5 rounded text-sm text-ink-2 hover:text-ink" end>
      <ArrowLeft size={14} aria-hidden="true" /> {props.children}
    </A>
  )
}
