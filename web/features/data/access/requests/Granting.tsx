// Beside the rules that would grant it: who asks, what for, and what closes the table to them as the rules stand.
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import type { RequestCard } from '#protocol/sight.ts'
import { Banner } from '../../../../ui/Notice.tsx'

/** Null: it is not open any more; undefined: none is to be granted here. */
export const Granting = (props: { readonly request: RequestCard | null | undefined }) => (
  <Show when={props.request !== undefined}>
    <div class="mb-5 overflow-hidden rounded-[6px] border border-line">
      <Show
        when={props.request}
        fallback={
          <Banner tone="warn">
            This request is not open any more: it was answered or taken back. What you save here is an edit like any other.
          </Banner>
        }
      >
        {(card) => (
          <Banner>
            <Words card={card()} />
          </Banner>
        )}
      </Show>
    </div>
  </Show>
)

const Words = (props: { readonly card: RequestCard }) => (
  <div class="py-1">
    <p>
      {props.card.person.name} asks to read this.{' '}
      {props.card.closed === 'ungranted'
        ? 'A grant for them is added below: give it a last day or fewer rows if you like, look at what they would see, and save.'
        : 'A grant alone does not open it to them.'}
    </p>
    <Show when={props.card.words !== ''}>
      <p class="mt-1 border-l-2 border-line pl-3 break-words select-text">{props.card.words}</p>
    </Show>
    <p class="mt-1 text-ink-2">
      As it is: {props.card.why}
      <Show when={props.card.state === 'stale'}> The rules have changed since they asked.</Show> What they are cleared for is
      changed under{' '}
      <A href="/access" class="underline underline-offset-2">
        People
      </A>
      .
    </p>
  </div>
)
