// What stands in place of the list when it has no rows: loading, failed, nothing found, nothing there.
import type { UseQueryResult } from '@tanstack/solid-query'
import NotebookIcon from 'lucide-solid/icons/notebook'
import SearchX from 'lucide-solid/icons/search-x'
import Trash from 'lucide-solid/icons/trash'
import { For, Match, Switch } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { refusalOf } from '../../primitives/refused.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty, Reference } from '../../ui/Notice.tsx'
import type { View } from './queries.ts'

type NothingProps = {
  readonly list: UseQueryResult<Notebook[]>
  readonly view: View
  readonly query: string
  readonly member: boolean
  readonly onClear: () => void
  readonly onNew: () => void
}

export function Nothing(props: NothingProps) {
  return (
    <div class="grow overflow-auto">
      <Switch>
        <Match when={props.list.isPending}>
          <Skeletons />
        </Match>
        <Match when={props.list.isError}>
          <Empty
            title="The list could not be loaded"
            actions={<Button onClick={() => void props.list.refetch()}>Try again</Button>}
          >
            {refusalOf(props.list.error).message} <Reference refusal={refusalOf(props.list.error)} />
          </Empty>
        </Match>
        <Match when={props.query.trim() !== ''}>
          <Empty
            title="No notebook has that name"
            icon={<SearchX size={20} />}
            actions={<Button onClick={props.onClear}>Clear the search</Button>}
          >
            Nothing matches “{props.query.trim()}”.
          </Empty>
        </Match>
        <Match when={props.view === 'trash'}>
          <Empty title="The trash is empty" icon={<Trash size={20} />}>
            Deleted notebooks stay here for {NOTEBOOK.trashDays} days and can be put back.
          </Empty>
        </Match>
        <Match when={!props.member}>
          <Empty title="You are not a member of this workspace" icon={<NotebookIcon size={20} />}>
            So there is nothing of it to see here, and no notebook can be made in it. Its owner can make you a member.
          </Empty>
        </Match>
        <Match when>
          <NoneYet onNew={props.onNew} />
        </Match>
      </Switch>
    </div>
  )
}

function NoneYet(props: { readonly onNew: () => void }) {
  return (
    <Empty
      title="No notebooks yet"
      icon={<NotebookIcon size={20} />}
      actions={
        <Button tone="accent" onClick={props.onNew}>
          Start with an empty one
        </Button>
      }
    >
      None is yours and none is shared with you. Drop a .py file here to import your own.
    </Empty>
  )
}

function Skeletons() {
  return (
    <div role="status" aria-label="Loading the notebooks" class="flex flex-col gap-3 pt-3">
      <For each={[58, 44, 66, 38, 52, 47]}>{(width) => <div class="skeleton h-7" style={{ width: `${width}%` }} />}</For>
    </div>
  )
}
