// Deployed models as the workspace's owner sees them: those that they uploaded, with their rules, and the operator's, which are read only.
import Boxes from 'lucide-solid/icons/boxes'
import FileUp from 'lucide-solid/icons/file-up'
import { createSignal, For, Show } from 'solid-js'
import type { DeployedCard } from '#protocol/models.ts'
import { labelText } from '../../../../primitives/label.ts'
import { Button } from '../../../../ui/Button.tsx'
import { Empty } from '../../../../ui/Notice.tsx'
import { Query } from '../../../../ui/Query.tsx'
import { createNames } from '../../names.ts'
import { audienceText } from '../../words.ts'
import { openState } from '../words.ts'
import { columnsText } from './draft.ts'
import { ModelDialog } from './ModelDialog.tsx'
import { createCards } from './queries.ts'
import { RemoveDialog } from './RemoveDialog.tsx'

type Doing =
  | { readonly what: 'upload' }
  | { readonly what: 'edit'; readonly card: DeployedCard }
  | { readonly what: 'remove'; readonly card: DeployedCard }

export function Deployed() {
  const cards = createCards()
  const [doing, setDoing] = createSignal<Doing | null>(null)
  const close = () => setDoing(null)
  const dialog = (now: Doing) =>
    now.what === 'remove' ? (
      <RemoveDialog card={now.card} onClose={close} />
    ) : (
      <ModelDialog card={now.what === 'edit' ? now.card : null} onClose={close} />
    )
  return (
    <>
      <div class="mb-4 flex flex-wrap items-start justify-between gap-3">
        <p class="max-w-prose text-sm text-ink-2">
          ONNX models that score rows of notebooks. You say what each may get, which is what its answers count as, and who may ask
          it.
        </p>
        <Button onClick={() => setDoing({ what: 'upload' })}>
          <FileUp size={15} aria-hidden="true" /> Upload a model
        </Button>
      </div>
      <Query query={cards}>
        {(all) => (
          <Show when={all().length > 0} fallback={<None />}>
            <ul aria-label="Deployed models" class="border-t border-line">
              <For each={all()}>
                {(card) => (
                  <Row
                    card={card}
                    onEdit={() => setDoing({ what: 'edit', card })}
                    onRemove={() => setDoing({ what: 'remove', card })}
                  />
                )}
              </For>
            </ul>
          </Show>
        )}
      </Query>
      <Show when={doing()} keyed>
        {dialog}
      </Show>
    </>
  )
}

const None = () => (
  <Empty title="No model is deployed" icon={<Boxes size={22} />}>
    Upload an ONNX file: it is opened where it can only compute, and then kept.
  </Empty>
)

type RowProps = { readonly card: DeployedCard; readonly onEdit: () => void; readonly onRemove: () => void }

function Row(props: RowProps) {
  return (
    <li
      aria-label={props.card.name}
      class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-6 gap-y-1.5 border-b border-line/60 px-1.5 py-3 text-sm"
    >
      <Said card={props.card} />
      <Show when={props.card.file} fallback={<span class="chip">The operator’s</span>}>
        <div class="flex gap-2">
          <Button size="small" aria-label={`Edit ${props.card.name}`} onClick={props.onEdit}>
            Edit
          </Button>
          <Button size="small" aria-label={`Take ${props.card.name} away`} onClick={props.onRemove}>
            Take away
          </Button>
        </div>
      </Show>
    </li>
  )
}

function Said(props: { readonly card: DeployedCard }) {
  const { nameOf } = createNames()
  const rules = () => props.card.rules
  const state = () => openState(rules().open)
  const whom = () =>
    rules().to.length === 0
      ? 'nobody'
      : rules()
          .to.map((one) => audienceText(one, nameOf))
          .join(', ')
  return (
    <div class="min-w-0">
      <div class="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1">
        <span class="font-medium break-all">{props.card.name}</span>
        <span class="chip" data-tone={state().tone}>
          {state().text}
        </span>
        <span class="chip">May get {labelText(rules().label)}</span>
        <span class="text-ink-2">Granted to {whom()}</span>
      </div>
      <p class="max-w-prose">{rules().description}</p>
      <p class="max-w-prose text-ink-2">Takes {columnsText(rules().inputs)}</p>
    </div>
  )
}
