// The models that one may ask, and what is left of one's tokens.
import Sparkles from 'lucide-solid/icons/sparkles'
import { For, Show } from 'solid-js'
import type { ModelSeen, ModelsSeen } from '#protocol/access.ts'
import { labelText } from '../../../primitives/label.ts'
import { Empty } from '../../../ui/Notice.tsx'
import { Query } from '../../../ui/Query.tsx'
import { Snippet } from '../tables/Snippet.tsx'
import { createModels } from './queries.ts'
import { tokensText } from './words.ts'

export function Usable() {
  const models = createModels()
  return <Query query={models}>{(seen) => <Seen seen={seen()} />}</Query>
}

function Seen(props: { readonly seen: ModelsSeen }) {
  return (
    <Show when={props.seen.models[0]} fallback={<None />}>
      {(first) => (
        <>
          <p class="mb-4 max-w-prose text-sm text-ink-2">
            {tokensText(props.seen.left)} of your {props.seen.perDay.toLocaleString('en')} of today (UTC) are left. A prompt
            counts with all that its kernel has read: what is classified higher than a model may get closes that model to the
            kernel.
          </p>
          <Snippet code={`from scrydon import llm\nllm.complete("…", model="${first().alias}")`} />
          <ul aria-label="Language models" class="border-t border-line">
            <For each={props.seen.models}>{(model) => <Row model={model} />}</For>
          </ul>
        </>
      )}
    </Show>
  )
}

const None = () => (
  <Empty title="There are no language models for you" icon={<Sparkles size={22} />}>
    Models that notebooks may ask are listed here. The owner of this workspace opens them.
  </Empty>
)

function Row(props: { readonly model: ModelSeen }) {
  return (
    <li
      aria-label={props.model.alias}
      class="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-1 border-b border-line/60 px-1.5 py-3 text-sm md:grid-cols-[minmax(0,1fr)_190px_390px]"
    >
      <span class="truncate font-mono text-xs font-medium">{props.model.alias}</span>
      <span>
        <span class="chip">May get {labelText(props.model.label)}</span>
      </span>
      <span class="text-ink-2 max-md:col-span-2">
        {tokensText(props.model.tokens)} an answer · {props.model.left.toLocaleString('en')} left
        <Show when={props.model.open === 'editors'}> · not where you only read</Show>
      </span>
    </li>
  )
}
