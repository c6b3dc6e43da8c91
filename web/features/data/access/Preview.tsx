// What somebody would see under the rules as they stand in the editor: a person, or anybody of a clearance. Decided by the server,
// without a row.
import { createQuery, keepPreviousData } from '@tanstack/solid-query'
import Funnel from 'lucide-solid/icons/funnel'
import Lock from 'lucide-solid/icons/lock'
import { createSignal, Match, Show, Switch } from 'solid-js'
import type { PersonCard, Preview as Seen, Viewer } from '#protocol/managed.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { Query } from '../../../ui/Query.tsx'
import { Choice } from '../parts/Choice.tsx'
import { useManaged } from '../queries.ts'
import { Columns } from '../tables/Columns.tsx'
import { ProfileFields } from './ProfileFields.tsx'

type PreviewProps = {
  readonly table: string
  readonly policy: Policy
  readonly sound: boolean
  readonly people: readonly PersonCard[]
  readonly first?: string | undefined // whom it is about to begin with
}

const ANYBODY = 'anybody' // no id of a person

export function Preview(props: PreviewProps) {
  const api = useManaged()
  const [chosen, setChosen] = createSignal<string | null>(null)
  const [profile, setProfile] = createSignal<Profile>({ clearance: LOWEST, groups: [] })
  const readers = () => props.people.filter(({ role }) => role === 'owner' || role === 'member')
  const person = () => {
    const wanted = chosen() ?? props.first
    const found = readers().find((card) => card.person.id === wanted)
    return (found ?? readers().find(({ role }) => role === 'member') ?? readers()[0])?.person
  }
  const viewer = (): Viewer | null => {
    if (chosen() === ANYBODY) return { is: 'profile', ...profile() }
    const someone = person()
    return someone ? { is: 'person', person: someone.id } : null
  }
  const seen = createQuery(() => ({
    queryKey: ['data', 'preview', props.table, JSON.stringify(viewer()), JSON.stringify(props.policy)],
    queryFn: ({ signal }) =>
      api('POST /api/policies/:table/preview', {
        params: { table: props.table },
        body: { policy: props.policy, as: viewer() ?? { is: 'profile', ...profile() } },
        signal,
      }),
    enabled: props.sound && viewer() !== null,
    placeholderData: keepPreviousData,
    retry: false,
  }))
  return (
    <section aria-label="Preview">
      <h3 class="mb-2 text-base font-semibold">What they would see</h3>
      <Choice
        label="Preview as"
        value={chosen() === ANYBODY ? ANYBODY : (person()?.id ?? '')}
        options={[...readers().map(({ person: { id, name } }) => [id, name] as const), [ANYBODY, 'Anybody cleared for …']]}
        class="mb-3 w-full"
        onValue={setChosen}
      />
      <Show when={chosen() === ANYBODY}>
        <ProfileFields profile={profile()} onProfile={setProfile} />
      </Show>
      <Show when={props.sound} fallback={<p class="text-sm text-ink-2">When every rule fits the table, it is shown here.</p>}>
        <Query query={seen}>
          {(found) => <Shown name={chosen() === ANYBODY ? 'anybody' : (person()?.name ?? '')} seen={found()} />}
        </Query>
      </Show>
    </section>
  )
}

function Shown(props: { readonly name: string; readonly seen: Seen }) {
  const open = () => (props.seen.readable ? props.seen : null)
  const why = () => (props.seen.readable ? null : props.seen.why)
  return (
    <Switch>
      <Match when={why()}>
        {(text) => (
          <p class="flex gap-2 rounded-[6px] bg-warn-soft px-3 py-2 text-sm">
            <Lock size={15} class="mt-0.5 flex-none" aria-hidden="true" />
            <span>Nothing. {text()}</span>
          </p>
        )}
      </Match>
      <Match when={open()}>
        {(view) => (
          <>
            <p class="mb-2 flex items-center gap-2 text-sm text-ink-2">
              <Funnel size={14} class="flex-none" aria-hidden="true" />
              {view().filtered ? 'Some rows are left out.' : 'All rows.'}
            </p>
            <div class="max-h-96 overflow-auto">
              <Columns label={`What ${props.name} would see`} columns={view().columns} brief />
            </div>
            <Show when={view().hidden.length > 0}>
              <p class="mt-2 text-sm text-ink-2">Not there for them: {view().hidden.join(', ')}</p>
            </Show>
          </>
        )}
      </Match>
    </Switch>
  )
}
