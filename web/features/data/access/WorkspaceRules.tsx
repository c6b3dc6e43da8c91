// What is decided about the workspace itself: who may make tables of their own, and who may lower what is classified. No role is a grant.
import { createSignal, For, Show } from 'solid-js'
import type { PersonCard, WorkspaceCard } from '#protocol/managed.ts'
import type { WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { labelText } from '../../../primitives/label.ts'
import { Button } from '../../../ui/Button.tsx'
import { Query } from '../../../ui/Query.tsx'
import { createWorkspace } from '../queries.ts'
import { audienceText, type NameOf, untilText, WORKSPACE_RIGHT } from '../words.ts'
import { WorkspaceDialog } from './WorkspaceDialog.tsx'

export function WorkspaceRules(props: { readonly people: readonly PersonCard[] }) {
  const workspace = createWorkspace()
  const [edited, setEdited] = createSignal<WorkspaceCard | null>(null)
  const nameOf: NameOf = (id) => props.people.find(({ person }) => person.id === id)?.person.name ?? 'somebody who has left'
  return (
    <section aria-labelledby="workspace" class="mt-8">
      <Query query={workspace}>
        {(card) => (
          <>
            <header class="mb-2 flex flex-wrap items-center gap-3">
              <h2 id="workspace" class="text-base font-semibold">
                The workspace
              </h2>
              <span class="chip mr-auto">Counts as {labelText(card().workspace.label)} at least</span>
              <Button size="small" aria-label="Edit the grants of the workspace" onClick={() => setEdited(card())}>
                Edit
              </Button>
            </header>
            <Show
              when={card().workspace.grants.length > 0}
              fallback={<p class="py-4 text-sm text-ink-2">Nobody may make tables or lower what is classified.</p>}
            >
              <ul aria-label="Grants of the workspace" class="border-t border-line">
                <For each={card().workspace.grants}>{(grant) => <GrantRow grant={grant} nameOf={nameOf} />}</For>
              </ul>
            </Show>
          </>
        )}
      </Query>
      <Show when={edited()} keyed>
        {(card) => <WorkspaceDialog card={card} people={props.people} onClose={() => setEdited(null)} />}
      </Show>
    </section>
  )
}

const GrantRow = (props: { readonly grant: WorkspaceGrant; readonly nameOf: NameOf }) => (
  <li class="border-b border-line/60 px-1.5 py-2.5 text-sm">
    <span class="inline-block font-medium first-letter:uppercase">{audienceText(props.grant.to, props.nameOf)}</span>{' '}
    <span class="text-ink-2">
      may {WORKSPACE_RIGHT[props.grant.right]}
      {untilText(props.grant.expires)}
    </span>
  </li>
)
