import NotebookIcon from 'lucide-solid/icons/notebook'
import { Match, Show, Switch } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Button } from '../../ui/Button.tsx'
import { Rename } from '../../ui/Rename.tsx'
import { Time } from '../../ui/Time.tsx'
import type { Actions, View } from './queries.ts'
import { RowMenu } from './RowMenu.tsx'

type RowProps = {
  readonly notebook: Notebook
  readonly index: number
  readonly current: boolean
  readonly renaming: boolean
  readonly view: View
  readonly actions: Actions
  readonly onFocus: () => void
  readonly onRename: (on: boolean) => void
}

export function Row(props: RowProps) {
  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      data-row={props.index}
      class="notebook-row group relative h-[46px] border-b border-line/60 transition-colors hover:bg-hover/60"
      onFocusIn={() => props.onFocus()}
    >
      <div role="gridcell" class="flex min-w-0 items-center gap-2.5">
        <NotebookIcon size={16} class="flex-none text-ink-3" aria-hidden="true" />
        <Name {...props} />
        <Show when={props.notebook.rights === 'view'}>
          <span class="chip relative">View only</span>
        </Show>
      </div>
      <div role="gridcell" class="wide flex min-w-0 items-center gap-2 text-sm text-ink-2">
        <Avatar name={props.notebook.author.name} />
        <span class="truncate">{props.notebook.author.name}</span>
      </div>
      <div role="gridcell" class="truncate text-sm text-ink-2">
        <Time at={props.notebook.trashed ?? props.notebook.updated} />
      </div>
      <div role="gridcell" class="wide min-w-0 text-sm text-ink-2">
        <Editing notebook={props.notebook} />
      </div>
      <div role="gridcell" class="wide numeric text-right text-sm text-ink-2">
        <CellCount notebook={props.notebook} />
      </div>
      <div role="gridcell" class="relative text-right">
        <Show when={props.view === 'notebooks'} fallback={<Restore {...props} />}>
          <RowMenu
            notebook={props.notebook}
            actions={props.actions}
            tabIndex={props.current ? 0 : -1}
            onRename={() => props.onRename(true)}
          />
        </Show>
      </div>
    </div>
  )
}

function Name(props: RowProps) {
  return (
    <Switch>
      <Match when={props.renaming}>
        <Rename
          class="relative grow"
          name={props.notebook.name}
          onDone={(name) => {
            props.onRename(false)
            if (name !== null) void props.actions.rename(props.notebook, name)
          }}
        />
      </Match>
      <Match when={props.view === 'trash'}>
        <span class="truncate font-medium" data-name tabIndex={props.current ? 0 : -1}>
          {props.notebook.name}
        </span>
      </Match>
      <Match when>
        <a
          data-name
          href={`/n/${props.notebook.id}`}
          tabIndex={props.current ? 0 : -1}
          class="truncate font-medium outline-offset-2 after:absolute after:inset-0"
        >
          {props.notebook.name}
        </a>
      </Match>
    </Switch>
  )
}

function Editing(props: { readonly notebook: Notebook }) {
  return (
    <Show when={props.notebook.editor}>
      {(editor) => (
        <span class="flex items-center gap-2">
          <Avatar name={editor().name} />
          <span class="truncate">{editor().name}</span>
        </span>
      )}
    </Show>
  )
}

function CellCount(props: { readonly notebook: Notebook }) {
  return (
    <Show
      when={props.notebook.cells !== null}
      fallback={
        <span class="chip" data-tone="warn" title="The source does not parse">
          ?
        </span>
      }
    >
      {props.notebook.cells}
    </Show>
  )
}

function Restore(props: RowProps) {
  return (
    <Button
      size="small"
      tabIndex={props.current ? 0 : -1}
      aria-label={`Restore ${props.notebook.name}`}
      onClick={() => void props.actions.restore(props.notebook)}
    >
      Restore
    </Button>
  )
}
