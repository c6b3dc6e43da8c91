// Who may what: the people with what is said of them, the workspace itself, and the tables with their rules.
import { createSignal, For, Show } from 'solid-js'
import type { PersonCard, PolicyLine } from '#protocol/managed.ts'
import { count } from '../../../primitives/format.ts'
import { labelText } from '../../../primitives/label.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Avatar } from '../../../ui/Avatar.tsx'
import { Button } from '../../../ui/Button.tsx'
import { Query } from '../../../ui/Query.tsx'
import { pathOf } from '../place.ts'
import { createPeople, createPolicies } from '../queries.ts'
import { PersonDialog } from './PersonDialog.tsx'
import { Requests } from './requests/Requests.tsx'
import { SharedNotebooks } from './SharedNotebooks.tsx'
import { Workspace } from './Workspace.tsx'

export function Access() {
  const people = createPeople()
  const policies = createPolicies()
  const [edited, setEdited] = createSignal<PersonCard | null>(null)
  return (
    <div class="min-h-0 grow overflow-auto pb-8">
      <Requests />
      <section aria-labelledby="people" class="mb-8">
        <h2 id="people" class="mb-2 text-base font-semibold">
          People
        </h2>
        <p class="mb-3 max-w-prose text-sm text-ink-2">
          Who is a member, and in which role, comes with the account that one signs in with: whoever runs this server gives and
          takes it. What each is cleared for is said here.
        </p>
        <Query query={people}>
          {(all) => (
            <ul aria-label="People" class="border-t border-line">
              <For each={all()}>{(card) => <PersonRow card={card} onEdit={() => setEdited(card)} />}</For>
            </ul>
          )}
        </Query>
      </section>
      <Workspace people={dataOf(people) ?? []} />
      <section aria-labelledby="rules">
        <h2 id="rules" class="mb-2 text-base font-semibold">
          Rules of the tables
        </h2>
        <Query query={policies}>
          {(all) => (
            <Show when={all().length > 0} fallback={<p class="py-4 text-sm text-ink-2">There are no tables yet.</p>}>
              <ul aria-label="Rules of the tables" class="border-t border-line">
                <For each={all()}>{(line) => <PolicyRow line={line} />}</For>
              </ul>
            </Show>
          )}
        </Query>
      </section>
      <SharedNotebooks />
      <Show when={edited()}>{(card) => <PersonDialog card={card()} onClose={() => setEdited(null)} />}</Show>
    </div>
  )
}

const ROLES: Record<PersonCard['role'], string> = {
  owner: 'Owner of the workspace',
  member: 'Member',
  auditor: 'Auditor: sees no table',
  none: 'Not a member',
}

function PersonRow(props: { readonly card: PersonCard; readonly onEdit: () => void }) {
  const standing = () => props.card.standing
  const attributes = () => Object.entries(standing().attributes)
  return (
    <li class="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-1.5 border-b border-line/60 px-1.5 py-3 text-sm md:grid-cols-[220px_minmax(0,1fr)_auto]">
      <div class="flex min-w-0 items-center gap-3">
        <Avatar name={props.card.person.name} size={28} />
        <div class="min-w-0">
          <p class="truncate font-medium">{props.card.person.name}</p>
          <p class="truncate text-xs text-ink-2">{ROLES[props.card.role]}</p>
        </div>
      </div>
      <div class="flex flex-wrap items-center gap-x-4 gap-y-1 max-md:col-span-2 max-md:row-start-2">
        <span class="chip">Cleared for {labelText(standing().clearance)}</span>
        <Show when={standing().groups.length > 0}>
          <span class="text-ink-2">In {standing().groups.join(', ')}</span>
        </Show>
        <For each={attributes()}>
          {([name, values]) => (
            <span class="text-ink-2">
              {name}: {values.join(', ') || 'none'}
            </span>
          )}
        </For>
      </div>
      <Button
        size="small"
        class="max-md:col-start-2 max-md:row-start-1"
        aria-label={`Edit ${props.card.person.name}`}
        onClick={props.onEdit}
      >
        Edit
      </Button>
    </li>
  )
}

function PolicyRow(props: { readonly line: PolicyLine }) {
  const text = () => {
    const { grants, rows, masks } = props.line
    return [count(grants, 'grant'), count(rows, 'row rule'), count(masks, 'mask')].join(' · ')
  }
  return (
    <li class="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-1 border-b border-line/60 px-1.5 py-3 hover:bg-hover/60 md:grid-cols-[minmax(0,1fr)_240px_130px_80px]">
      <Show when={!props.line.alias} fallback={<Unnamed id={props.line.table} />}>
        <a href={pathOf('access', props.line.table)} class="truncate font-medium outline-offset-2 after:absolute after:inset-0">
          {props.line.table}
        </a>
      </Show>
      <span class="text-sm text-ink-2 max-md:col-start-1">{text()}</span>
      <span class="max-md:col-start-2 max-md:row-start-1">
        <span class="chip">{labelText(props.line.label)}</span>
      </span>
      <span class="text-sm text-ink-2 max-md:hidden">Version {props.line.version}</span>
    </li>
  )
}

const Unnamed = (props: { readonly id: string }) => (
  <span class="min-w-0">
    <span class="block truncate font-mono text-xs text-ink-2">{props.id}</span>
    <span class="text-xs text-ink-2">A notebook named it, and it is classified above you</span>
  </span>
)
