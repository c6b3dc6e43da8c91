import ArrowDown from 'lucide-solid/icons/arrow-down'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import { Show } from 'solid-js'
import { type Column, nextSort, type Sort } from './order.ts'

type HeadingProps = {
  readonly column: Column
  readonly label: string
  readonly class: string
  readonly sort: Sort
  readonly onSort: (sort: Sort) => void
}

export function Heading(props: HeadingProps) {
  const on = () => props.sort.column === props.column
  const direction = () => (props.sort.down ? 'descending' : 'ascending')
  return (
    <div role="columnheader" class={props.class} aria-sort={on() ? direction() : 'none'}>
      <button
        type="button"
        class="inline-flex h-7 items-center gap-1 rounded px-1 font-medium hover:text-ink"
        classList={{ 'text-ink': on(), '-ml-1': props.column !== 'cells', '-mr-1': props.column === 'cells' }}
        onClick={() => props.onSort(nextSort(props.sort, props.column))}
      >
        {props.label}
        <Show when={on()}>
          <Show when={props.sort.down} fallback={<ArrowUp size={12} aria-hidden="true" />}>
            <ArrowDown size={12} aria-hidden="true" />
          </Show>
        </Show>
      </button>
    </div>
  )
}
