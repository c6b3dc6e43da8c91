// One row of the record, with its particulars behind it.
import ChevronRight from 'lucide-solid/icons/chevron-right'
import { For, Show } from 'solid-js'
import type { AuditLine } from '#protocol/managed.ts'
import { date } from '../../../primitives/format.ts'
import { Avatar } from '../../../ui/Avatar.tsx'

export function Line(props: { readonly line: AuditLine }) {
  return (
    <li class="border-b border-line/60">
      <details class="group text-sm">
        <summary class="grid list-none grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-1.5 py-2 -outline-offset-2 hover:bg-hover/60 md:grid-cols-[16px_150px_130px_minmax(0,1fr)_180px_64px]">
          <ChevronRight size={14} class="text-ink-3 group-open:rotate-90" aria-hidden="true" />
          <time datetime={new Date(props.line.at).toISOString()} class="numeric text-ink-2 max-md:col-start-2 max-md:row-start-2">
            {date(props.line.at)}
          </time>
          <span class="flex min-w-0 items-center gap-2 max-md:col-start-2 max-md:row-start-1">
            <Avatar name={props.line.person.name} />
            <span class="truncate">{props.line.person.name}</span>
          </span>
          <span class="max-md:col-span-2 max-md:col-start-2" classList={{ 'text-bad': !props.line.allowed }}>
            {props.line.text}
          </span>
          <span class="truncate font-mono text-xs max-md:col-start-2" classList={{ 'text-ink-2': props.line.alias }}>
            {props.line.table ?? ''}
          </span>
          <span class="numeric text-right text-xs text-ink-2 max-md:col-start-3 max-md:row-start-1">#{props.line.seq}</span>
        </summary>
        <ul class="flex flex-col gap-1 bg-sunken/60 px-9 py-3 text-ink-2 select-text">
          <For each={props.line.details}>{(detail) => <li class="break-words">{detail}</li>}</For>
          <Show when={props.line.alias}>
            <li>
              A notebook named this table, and it is classified above you:{' '}
              <span class="font-mono text-xs">{props.line.table}</span> stands in place of the name. Whoever may read the table
              finds it by that.
            </li>
          </Show>
          <li>
            Row {props.line.seq}, link <span class="font-mono text-xs">{props.line.hash}</span>
          </li>
          <Show when={!props.line.allowed}>
            <li>Nothing was given.</li>
          </Show>
        </ul>
      </details>
    </li>
  )
}
