// One's own artefacts of which one has lost the clearance: they take room, so they can be removed, without being seen.
import { createSignal, For, Show } from 'solid-js'
import type { ClosedCard } from '#protocol/artefacts.ts'
import { sizeText } from '#protocol/size.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Button } from '../../../ui/Button.tsx'
import { Confirm } from '../../../ui/Confirm.tsx'
import { Time } from '../../../ui/Time.tsx'
import { createClosed } from './queries.ts'

export function Closed(props: { readonly onRemove: (card: ClosedCard) => void }) {
  const closed = createClosed()
  const [asked, setAsked] = createSignal<ClosedCard | null>(null)
  const cards = () => dataOf(closed) ?? []
  return (
    <>
      <Show when={cards().length > 0}>
        <section class="py-4 text-sm">
          <h3 class="font-medium">Above your clearance</h3>
          <p class="text-ink-2">You saved these and may not open them any more. They take room of yours until you remove them.</p>
          <ul aria-label="Above your clearance">
            <For each={cards()}>
              {(card) => (
                <li class="mt-2 flex items-center gap-3">
                  <span>
                    {wordsOf(card)}, <Time at={card.at} />
                  </span>
                  <Button size="small" aria-label={`Remove: ${wordsOf(card)}`} onClick={() => setAsked(card)}>
                    Remove
                  </Button>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
      <Show when={asked()}>
        {(card) => (
          <Confirm
            title={`Remove ${wordsOf(card())}?`}
            act="Remove"
            onAct={() => props.onRemove(card())}
            onClose={() => setAsked(null)}
          >
            It is gone then, also for those it was released to.
          </Confirm>
        )}
      </Show>
    </>
  )
}

const wordsOf = ({ kind, bytes }: ClosedCard): string => `a ${kind} of ${sizeText(bytes)}`
