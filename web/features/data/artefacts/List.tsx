import ChartLine from 'lucide-solid/icons/chart-line'
import Database from 'lucide-solid/icons/database'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import FileIcon from 'lucide-solid/icons/file'
import Image from 'lucide-solid/icons/image'
import Table from 'lucide-solid/icons/table'
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { sizeText } from '#protocol/size.ts'
import { labelText } from '../../../primitives/label.ts'
import { Avatar } from '../../../ui/Avatar.tsx'
import type { Icon } from '../../../ui/icon.ts'
import { LazyMenu, type MenuItem } from '../../../ui/Menu.tsx'
import { Time } from '../../../ui/Time.tsx'
import { pathOf } from '../place.ts'
import type { NameOf } from '../words.ts'
import type { Asked } from './Artefacts.tsx'
import { mayShow } from './content.ts'
import { type Entry, nameOfEntry, releasedText } from './words.ts'

type ListProps = {
  readonly entries: readonly Entry[]
  readonly nameOf: NameOf
  readonly onAsk: (asked: Asked) => void
  readonly onDownload: (card: ArtefactCard) => void
}

export function List(props: ListProps) {
  return (
    <table aria-label="Artefacts" class="w-full table-fixed border-collapse text-left text-sm">
      <thead class="sticky top-0 z-1 bg-surface text-xs text-ink-2">
        <tr class="border-b border-line">
          <th class="py-2 pr-4 pl-1.5 font-medium">Name</th>
          <th class="w-44 py-2 pr-4 font-medium max-sm:hidden">Classification</th>
          <th class="w-36 py-2 pr-4 font-medium max-md:hidden">Saved by</th>
          <th class="w-32 py-2 pr-4 font-medium max-sm:hidden">Saved</th>
          <th class="w-11 py-2">
            <span class="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.entries}>
          {(entry) => <Row entry={entry} nameOf={props.nameOf} onAsk={props.onAsk} onDownload={props.onDownload} />}
        </For>
      </tbody>
    </table>
  )
}

const ICONS: Record<ArtefactCard['kind'], Icon> = { table: Table, picture: Image, chart: ChartLine, file: FileIcon }

type RowProps = Omit<ListProps, 'entries'> & { readonly entry: Entry }

function Row(props: RowProps) {
  const icon = () => (props.entry.of === 'table' ? Database : ICONS[props.entry.card.kind])
  return (
    <tr class="border-b border-line/60 transition-colors hover:bg-hover/60">
      <td class="py-2 pr-4 pl-1.5">
        <span class="flex items-center gap-2.5">
          <Dynamic component={icon()} size={16} class="flex-none text-ink-3" aria-hidden="true" />
          <span class="min-w-0">
            <Name entry={props.entry} />
            <span class="numeric block truncate text-xs text-ink-2">{said(props.entry, props.nameOf)}</span>
            <span class="chip mt-1 max-w-full truncate sm:hidden">{labelText(props.entry.card.label)}</span>
          </span>
        </span>
      </td>
      <td class="py-2 pr-4 max-sm:hidden">
        <span class="chip max-w-full truncate">{labelText(props.entry.card.label)}</span>
      </td>
      <td class="py-2 pr-4 text-ink-2 max-md:hidden">
        <span class="flex items-center gap-2">
          <Avatar name={props.entry.card.maker.name} />
          <span class="truncate">{props.entry.card.maker.name}</span>
        </span>
      </td>
      <td class="truncate py-2 pr-4 text-ink-2 max-sm:hidden">
        <Time at={props.entry.card.at} />
      </td>
      <td class="py-2 text-right">
        <LazyMenu
          label={`Actions for ${nameOfEntry(props.entry)}`}
          shape="icon"
          class="text-ink-3"
          items={itemsOf(props)}
          trigger={<Ellipsis size={16} aria-hidden="true" />}
        />
      </td>
    </tr>
  )
}

/** A table has a page of its own. */
function Name(props: { readonly entry: Entry }) {
  return (
    <Show
      when={props.entry.of === 'table'}
      fallback={
        <span class="block truncate font-medium max-sm:whitespace-normal max-sm:wrap-anywhere">{nameOfEntry(props.entry)}</span>
      }
    >
      <a
        href={pathOf('tables', nameOfEntry(props.entry))}
        class="block truncate font-medium underline-offset-2 hover:underline max-sm:whitespace-normal max-sm:wrap-anywhere"
      >
        {nameOfEntry(props.entry)}
      </a>
    </Show>
  )
}

const said = (entry: Entry, nameOf: NameOf): string =>
  entry.of === 'table'
    ? 'managed table · under its grants and rules'
    : `${entry.card.kind} · ${sizeText(entry.card.bytes)} · ${releasedText(entry.card, nameOf)}`

function itemsOf({ entry, onAsk, onDownload }: RowProps): readonly MenuItem[] {
  const about = { label: 'What it was made from', run: () => onAsk({ what: 'about', entry }) }
  if (entry.of === 'table') return [about]
  const { card } = entry
  const { may, maker } = card
  const makers = (may: boolean) => (may ? undefined : `Only ${maker.name} can`)
  return [
    ...(mayShow(card) ? [{ label: 'Show', run: () => onAsk({ what: 'picture', card }) }] : []),
    { label: 'Download', run: () => onDownload(card) },
    about,
    { line: true },
    { label: 'Release …', why: makers(may.release), run: () => onAsk({ what: 'release', card }) },
    {
      label: 'Classify …',
      why: may.raise || may.lower ? undefined : 'It needs a grant to declassify',
      run: () => onAsk({ what: 'label', card }),
    },
    { line: true },
    { label: 'Remove', tone: 'bad', why: makers(may.remove), run: () => onAsk({ what: 'remove', card }) },
  ]
}
