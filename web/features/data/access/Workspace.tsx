// The workspace itself: the label that all work in it counts with, who may make tables, and who may declassify. No role is a grant.
import { createSignal, For, Show } from 'solid-js'
import type { WorkspaceCard } from '#protocol/access.ts'
import type { PersonCard } from '#protocol/managed.ts'
import { labelText } from '../../../primitives/label.ts'
import { Button } from '../../../ui/Button.tsx'
import { Query } from '../../../ui/Query.tsx'
import { createWorkspace } from '../models/queries.ts'
import { WorkspaceDialog } from './WorkspaceDialog.tsx'
import { workspaceGrantText } from './workspaceGrants.ts'

export function Workspace(props: { readonly people: readonly PersonCard[] }) {
  const workspace = createWorkspace()
  const [edited, setEdited] = createSignal<WorkspaceCard | null>(null)
  return (
    <section aria-labelledby="workspace" class="mb-8">
      <h2 id="workspace" class="mb-2 text-base font-semibold">
        Workspace
      </h2>
      <Query query={workspace}>
        {(card) => (
          <div class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-6 gap-y-1.5 border-y border-line px-1.5 py-3 text-sm">
            <Said card={card()} people={props.people} />
            <Button size="small" aria-label="Edit the workspace" onClick={() => setEdited(card())}>
              Edit
            </Button>
          </div>
        )}
      </Query>
      <Show when={edited()}>
        {(card) => <WorkspaceDialog card={card()} people={props.people} onClose={() => setEdited(null)} />}
      </Show>
    </section>
  )
}

function Said(props: { readonly card: WorkspaceCard; readonly people: readonly PersonCard[] }) {
  const workspace = () => props.card.workspace
  return (
    <div class="flex min-w-0 flex-col gap-1.5">
      <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span class="chip">{labelText(workspace().label)}</span>
        <span class="text-ink-2">All work in it counts with this, at least.</span>
      </p>
      <Show when={workspace().grants.length > 0} fallback={<p class="text-ink-2">Nobody may make tables or declassify.</p>}>
        <ul aria-label="Grants of the workspace" class="text-ink-2">
          <For each={workspace().grants}>{(grant) => <li>{workspaceGrantText(grant, props.people)}</li>}</For>
        </ul>
      </Show>
    </div>
  )
}
