import FileText from 'lucide-solid/icons/file-text'
import Trash from 'lucide-solid/icons/trash'
import { For, Show } from 'solid-js'
import type { LibraryDocument } from '#protocol/api.ts'
import { sizeText } from '#protocol/size.ts'
import { count } from '../../primitives/format.ts'
import { labelText } from '../../primitives/label.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Time } from '../../ui/Time.tsx'
import { IconButton } from '../../ui/Tip.tsx'

type DocumentsProps = { readonly documents: readonly LibraryDocument[]; readonly onRemove: (document: LibraryDocument) => void }

export function Documents(props: DocumentsProps) {
  return (
    <table aria-label="Documents" class="w-full table-fixed border-collapse text-left text-sm">
      <thead class="sticky top-0 z-1 bg-surface text-xs text-ink-2">
        <tr class="border-b border-line">
          <th class="py-2 pr-4 pl-1.5 font-medium">Title</th>
          <th class="w-36 py-2 pr-4 font-medium sm:w-44">Classification</th>
          <th class="w-36 py-2 pr-4 font-medium max-md:hidden">Added by</th>
          <th class="w-32 py-2 pr-4 font-medium max-sm:hidden">Added</th>
          <th class="w-11 py-2">
            <span class="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.documents}>{(document) => <Row document={document} onRemove={() => props.onRemove(document)} />}</For>
      </tbody>
    </table>
  )
}

function Row(props: { readonly document: LibraryDocument; readonly onRemove: () => void }) {
  return (
    <tr class="border-b border-line/60 transition-colors hover:bg-hover/60">
      <td class="py-2 pr-4 pl-1.5">
        <span class="flex items-center gap-2.5">
          <FileText size={16} class="flex-none text-ink-3" aria-hidden="true" />
          <span class="min-w-0">
            <span class="block truncate font-medium">{props.document.title}</span>
            <span class="numeric block truncate text-xs text-ink-2">
              {props.document.source} · {sizeText(props.document.bytes)} · {count(props.document.passages, 'passage')}
            </span>
          </span>
        </span>
      </td>
      <td class="py-2 pr-4">
        <span class="chip max-w-full truncate">{labelText(props.document.label)}</span>
      </td>
      <td class="py-2 pr-4 text-ink-2 max-md:hidden">
        <span class="flex items-center gap-2">
          <Avatar name={props.document.by.name} />
          <span class="truncate">{props.document.by.name}</span>
        </span>
      </td>
      <td class="truncate py-2 pr-4 text-ink-2 max-sm:hidden">
        <Time at={props.document.added} />
      </td>
      <td class="py-2 text-right">
        <Show when={props.document.removable}>
          <IconButton label={`Remove ${props.document.title}`} text="Remove" onClick={props.onRemove}>
            <Trash size={14} />
          </IconButton>
        </Show>
      </td>
    </tr>
  )
}
