// Language models as their owner sees them: what the operator offers, and the rules of each. Where models are asked is nobody's to change here.
import Sparkles from 'lucide-solid/icons/sparkles'
import { createSignal, For, Show } from 'solid-js'
import type { RouteCard, RoutesPage } from '#protocol/access.ts'
import { labelText } from '../../../primitives/label.ts'
import { Button } from '../../../ui/Button.tsx'
import { Empty } from '../../../ui/Notice.tsx'
import { Query } from '../../../ui/Query.tsx'
import { createRoutes } from './queries.ts'
import { RouteDialog } from './RouteDialog.tsx'
import { perDayText, stateOf, tokensText } from './words.ts'

export function Routes() {
  const routes = createRoutes()
  return <Query query={routes}>{(page) => <Page page={page()} />}</Query>
}

function Page(props: { readonly page: RoutesPage }) {
  const [edited, setEdited] = createSignal<RouteCard | null>(null)
  return (
    <Show when={props.page.endpoint} fallback={<None />}>
      {(endpoint) => (
        <>
          <p class="mb-4 max-w-prose text-sm text-ink-2">
            Asked at <span class="font-mono text-xs text-ink select-text">{endpoint()}</span>. Each person may take{' '}
            {tokensText(props.page.perDay)} a day of all models together. The endpoint, its key and which models it offers are the
            operator’s, in the configuration of the server; who may ask them, and with what, is decided here.
          </p>
          <ul aria-label="Language models" class="border-t border-line">
            <For each={props.page.routes}>{(card) => <Row card={card} onEdit={() => setEdited(card)} />}</For>
          </ul>
          <Show when={edited()}>
            {(card) => (
              <RouteDialog card={card()} models={props.page.models} perDay={props.page.perDay} onClose={() => setEdited(null)} />
            )}
          </Show>
        </>
      )}
    </Show>
  )
}

const None = () => (
  <Empty title="No language model is set up" icon={<Sparkles size={22} />}>
    The operator of this server offers models with CORTEX_URL and CORTEX_MODELS. Who may ask them is then decided here.
  </Empty>
)

function Row(props: { readonly card: RouteCard; readonly onEdit: () => void }) {
  const state = () => stateOf(props.card)
  return (
    <li
      aria-label={props.card.alias}
      class="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-1.5 border-b border-line/60 px-1.5 py-3 text-sm md:grid-cols-[220px_minmax(0,1fr)_auto]"
    >
      <div class="min-w-0">
        <p class="truncate font-medium">{props.card.alias}</p>
        <p class="truncate font-mono text-xs text-ink-2">{props.card.rules.model}</p>
      </div>
      <div class="flex flex-wrap items-center gap-x-4 gap-y-1 max-md:col-span-2 max-md:row-start-2">
        <span class="chip" data-tone={state().tone}>
          {state().text}
        </span>
        <span class="chip">May get {labelText(props.card.rules.label)}</span>
        <span class="text-ink-2">
          {tokensText(props.card.tokens)} an answer · {perDayText(props.card.rules.perDay)}
        </span>
      </div>
      <Button
        size="small"
        class="max-md:col-start-2 max-md:row-start-1"
        aria-label={`Edit ${props.card.alias}`}
        onClick={props.onEdit}
      >
        Edit
      </Button>
    </li>
  )
}
