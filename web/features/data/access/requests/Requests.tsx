// Who waits for an answer: what people ask to read, since when and what for. A grant is an edit of the table's rules, made there.
import { A } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import type { RequestCard } from '#protocol/sight.ts'
import { Avatar } from '../../../../ui/Avatar.tsx'
import { Button } from '../../../../ui/Button.tsx'
import { Query } from '../../../../ui/Query.tsx'
import { Time } from '../../../../ui/Time.tsx'
import { pathOf } from '../../place.ts'
import { createRequests } from './createRequests.ts'
import { RefuseDialog } from './RefuseDialog.tsx'

export function Requests() {
  const requests = createRequests()
  const [refusing, setRefusing] = createSignal<RequestCard | null>(null)
  return (
    <section aria-labelledby="requests" class="mb-8">
      <h2 id="requests" class="mb-2 text-base font-semibold">
        Requests
      </h2>
      <Query query={requests}>
        {(all) => (
          <Show
            when={all().length > 0}
            fallback={<p class="border-t border-line px-1.5 py-3 text-sm text-ink-2">Nobody waits for an answer.</p>}
          >
            <ul aria-label="Requests" class="border-t border-line">
              <For each={all()}>{(card) => <Row card={card} onRefuse={() => setRefusing(card)} />}</For>
            </ul>
          </Show>
        )}
      </Query>
      <Show when={refusing()}>{(card) => <RefuseDialog card={card()} onClose={() => setRefusing(null)} />}</Show>
    </section>
  )
}

function Row(props: { readonly card: RequestCard; readonly onRefuse: () => void }) {
  const of = () => `${props.card.person.name}’s request for ${props.card.table}`
  return (
    <li class="grid grid-cols-[28px_minmax(0,1fr)] items-start gap-x-3 gap-y-2 border-b border-line/60 px-1.5 py-3 text-sm md:grid-cols-[28px_minmax(0,1fr)_auto]">
      <Avatar name={props.card.person.name} size={28} />
      <div class="min-w-0">
        <p class="break-words">
          <span class="font-medium">{props.card.person.name}</span> asks to read{' '}
          <span class="font-medium">{props.card.table}</span>{' '}
          <span class="text-xs text-ink-2">
            <Time at={props.card.at} />
          </span>
        </p>
        <Show when={props.card.words !== ''}>
          <p class="mt-1 border-l-2 border-line pl-3 break-words select-text">{props.card.words}</p>
        </Show>
        <p class="mt-1 text-ink-2">
          {props.card.why}
          <Show when={props.card.state === 'stale'}> The rules have changed since they asked.</Show>
        </p>
      </div>
      <div class="flex gap-2 max-md:col-start-2">
        <Button size="small" aria-label={`Refuse ${of()}`} onClick={props.onRefuse}>
          Refuse …
        </Button>
        <A
          href={`${pathOf('access', props.card.table)}?request=${props.card.id}`}
          class="btn"
          data-tone="accent"
          data-size="small"
          aria-label={`Grant ${of()}`}
        >
          Grant …
        </A>
      </div>
    </li>
  )
}
