// Columns as somebody sees them: their type as it arrives, and what is done to each.
import EyeOff from 'lucide-solid/icons/eye-off'
import { For, Show } from 'solid-js'
import type { ColumnSeen } from '#protocol/managed.ts'
import { labelText } from '../../../primitives/label.ts'
import { MASKS } from '../words.ts'

export function Columns(props: { readonly label: string; readonly columns: readonly ColumnSeen[]; readonly brief?: true }) {
  const described = () => !props.brief && props.columns.some(({ description }) => description !== '')
  return (
    <table aria-label={props.label} class="w-full border-collapse text-left text-sm select-text">
      <thead class="text-xs text-ink-2">
        <tr class="border-b border-line">
          <th class="py-2 pr-4 font-medium">Column</th>
          <th class="py-2 pr-4 font-medium">Type</th>
          <th class="py-2 pr-4 font-medium">Masked</th>
          <Show when={!props.brief}>
            <th class="py-2 pr-4 font-medium">Counts as</th>
          </Show>
          <Show when={described()}>
            <th class="py-2 font-medium">Description</th>
          </Show>
        </tr>
      </thead>
      <tbody>
        <For each={props.columns}>
          {(column) => (
            <tr class="border-b border-line/60">
              <td class="py-1.5 pr-4 font-mono text-xs break-all">{column.name}</td>
              <td class="py-1.5 pr-4 text-ink-2">{column.type}</td>
              <td class="py-1.5 pr-4">
                <Show when={column.masked} fallback={<span class="text-ink-3">–</span>}>
                  {(kind) => (
                    <span class="inline-flex items-center gap-1.5">
                      <EyeOff size={14} class="flex-none text-ink-3" aria-hidden="true" />
                      {MASKS[kind()]}
                    </span>
                  )}
                </Show>
              </td>
              <Show when={!props.brief}>
                <td class="py-1.5 pr-4 text-ink-2">{labelText(column.label)}</td>
              </Show>
              <Show when={described()}>
                <td class="py-1.5 text-ink-2">{column.description}</td>
              </Show>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
