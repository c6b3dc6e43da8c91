import ChartLine from 'lucide-solid/icons/chart-line'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import FileIcon from 'lucide-solid/icons/file'
import Image from 'lucide-solid/icons/image'
import Table from 'lucide-solid/icons/table'
import { For } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { sizeText } from '#protocol/size.ts'
import { labelText } from '../../../primitives/label.ts'
import { Avatar } from '../../../ui/Avatar.tsx'
import type { Icon } from '../../../ui/icon.ts'
import { LazyMenu, type MenuItem } from '../../../ui/Menu.tsx'
import { Time } from '../../../ui/Time.tsx'
import type { NameOf } from '../words.ts'
import type { Asked } from './Artefacts.tsx'
import { mayShow } from './content.ts'
import { releasedText } from './words.ts'

type ListProps = {
  readonly artefacts: readonly ArtefactCard[]
  readonly nameOf: NameOf
  readonly onAsk: (what: Asked, card: ArtefactCard) => void
  readonly onDownload: (card: ArtefactCard) => void
}

export function List(props: ListProps) {
  return (
    <table aria-label="Artefacts" class="w-full table-fixed border-collapse text-left text-sm">
      <thead class="sticky top-0 z-1 bg-surface text-xs text-ink-2">
        <tr class="border-b border-line">
          <th class="py-2 pr-4 pl-1.5 font-medium">Name</th>
          <th class="w-36 py-2 pr-4 font-medium sm:w-44">Classification</th>
          <th class="w-36 py-2 pr-4 font-medium max-md:hidden">Saved by</th>
          <th class="w-32 py-2 pr-4 font-medium max-sm:hidden">Saved</th>
          <th class="w-11 py-2">
            <span class="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.artefacts}>
          {(card) => (
            <Row
              card={card}
              nameOf={props.nameOf}
              onAsk={(what) => props.onAsk(what, card)}
              onDownload={() => props.onDownload(card)}
            />
          )}
        </For>
      </tbody>
    </table>
  )
}

const ICONS: Record<ArtefactCard['kind'], Icon> = { table: Table, picture: Image, chart: ChartLine, file: FileIcon }

type RowProps = {
  readonly card: ArtefactCard
  readonly nameOf: NameOf
  readonly onAsk: (what: Asked) => void
  readonly onDownload: () => void
}

function Row(props: RowProps) {
  return (
    <tr class="border-b border-line/60 transition-colors hover:bg-hover/60">
      <td class="py-2 pr-4 pl-1.5">
        <span class="flex items-center gap-2.5">
          <Dynamic component={ICONS[props.card.kind]} size={16} class="flex-none text-ink-3" aria-hidden="true" />
          <span class="min-w-0">
            <span class="block truncate font-medium">{props.card.name}</span>
            <span class="numeric block truncate text-xs text-ink-2">
              {props.card.kind} · {sizeText(props.card.bytes)} · {releasedText(props.card, props.nameOf)}
            </span>
          </span>
        </span>
      </td>
      <td class="py-2 pr-4">
        <span class="chip max-w-full truncate">{labelText(props.card.label)}</span>
      </td>
      <td class="py-2 pr-4 text-ink-2 max-md:hidden">
        <span class="flex items-center gap-2">
          <Avatar name={props.card.maker.name} />
          <span class="truncate">{props.card.maker.name}</span>
        </span>
      </td>
      <td class="truncate py-2 pr-4 text-ink-2 max-sm:hidden">
        <Time at={props.card.at} />
      </td>
      <td class="py-2 text-right">
        <LazyMenu
          label={`Actions for ${props.card.name}`}
          shape="icon"
          class="text-ink-3"
          items={itemsOf(props)}
          trigger={<Ellipsis size={16} aria-hidden="true" />}
        />
      </td>
    </tr>
  )
}

function itemsOf({ card, onAsk, onDownload }: RowProps): readonly MenuItem[] {
  const { may, maker } = card
  const makers = (may: boolean) => (may ? undefined : `Only ${maker.name} can`)
  return [
    ...(mayShow(card) ? [{ label: 'Show', run: () => onAsk('picture') }] : []),
    { label: 'Download', run: onDownload },
    { label: 'What it was made from', run: () => onAsk('about') },
    { line: true },
    { label: 'Release …', why: makers(may.release), run: () => onAsk('release') },
    {
      label: 'Classify …',
      why: may.raise || may.lower ? undefined : 'It needs a grant to declassify',
      run: () => onAsk('label'),
    },
    { line: true },
    { label: 'Remove', tone: 'bad', why: makers(may.remove), run: () => onAsk('remove') },
  ]
}
