import { useNavigate } from '@solidjs/router'
import CirclePause from 'lucide-solid/icons/circle-pause'
import Copy from 'lucide-solid/icons/copy'
import Download from 'lucide-solid/icons/download'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import FolderOpen from 'lucide-solid/icons/folder-open'
import Pencil from 'lucide-solid/icons/pencil'
import Trash from 'lucide-solid/icons/trash'
import type { Notebook } from '#protocol/api.ts'
import { Menu, type MenuItem } from '../../ui/Menu.tsx'
import type { Actions } from './queries.ts'

type RowMenuProps = {
  readonly notebook: Notebook
  readonly actions: Actions
  readonly tabIndex: number
  readonly onRename: () => void
}

export function RowMenu(props: RowMenuProps) {
  const navigate = useNavigate()
  const path = () => `/n/${props.notebook.id}`
  // Not the author: said on the item itself, rather than found out by trying.
  const authors = () => (props.notebook.rights === 'author' ? undefined : `Only ${props.notebook.author.name} can`)
  const items = (): readonly MenuItem[] => [
    { label: 'Open', icon: FolderOpen, keys: 'Enter', run: () => navigate(path()) },
    { label: 'Open without running', icon: CirclePause, run: () => navigate(path(), { state: { still: true } }) },
    { line: true },
    { label: 'Rename', icon: Pencil, keys: 'F2', why: authors(), run: () => queueMicrotask(props.onRename) },
    { label: 'Duplicate', icon: Copy, run: () => void props.actions.duplicate(props.notebook) },
    {
      label: 'Download source',
      icon: Download,
      why: props.notebook.rights === 'view' ? 'The source is not shown to you' : undefined,
      run: () => void props.actions.download(props.notebook),
    },
    { line: true },
    {
      label: 'Delete',
      icon: Trash,
      keys: 'Del',
      tone: 'bad',
      why: authors(),
      run: () => void props.actions.trash(props.notebook),
    },
  ]
  return (
    <Menu
      label={`Actions for ${props.notebook.name}`}
      shape="icon"
      tabIndex={props.tabIndex}
      class="text-ink-3"
      items={items()}
      trigger={<Ellipsis size={16} aria-hidden="true" />}
    />
  )
}
