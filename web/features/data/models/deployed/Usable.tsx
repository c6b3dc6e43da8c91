// The deployed models that one may use, each with what it takes and makes, and the line that asks it.
import Boxes from 'lucide-solid/icons/boxes'
import { For, Show } from 'solid-js'
import type { DeployedSeen } from '#protocol/models.ts'
import { labelText } from '../../../../primitives/label.ts'
import { Empty } from '../../../../ui/Notice.tsx'
import { Query } from '../../../../ui/Query.tsx'
import { Snippet } from '../../tables/Snippet.tsx'
import { askedBy, columnsText } from './draft.ts'
import { createSeen } from './queries.ts'

export function Usable() {
  const seen = createSeen()
  return (
    <Query query={seen}>
      {(models) => (
        <Show when={models().length > 0} fallback={<None />}>
          <p class="mb-4 max-w-prose text-sm text-ink-2">
            A model gets rows of a kernel that has read nothing higher than it may get. What it says counts as that, and so does
            the kernel from then on.
          </p>
          <ul aria-label="Deployed models" class="border-t border-line">
            <For each={models()}>{(model) => <Row model={model} />}</For>
          </ul>
        </Show>
      )}
    </Query>
  )
}

const None = () => (
  <Empty title="There are no deployed models for you" icon={<Boxes size={22} />}>
    Models that score rows of notebooks are listed here. The owner of this workspace opens them.
  </Empty>
)

function Row(props: { readonly model: DeployedSeen }) {
  return (
    <li aria-label={props.model.name} class="border-b border-line/60 px-1.5 py-3 text-sm">
      <div class="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1">
        <span class="font-mono text-xs font-medium">{props.model.name}</span>
        <span class="chip">May get {labelText(props.model.label)}</span>
        <Show when={props.model.open === 'editors'}>
          <span class="text-ink-2">not where you only read</span>
        </Show>
      </div>
      <p class="mb-1 max-w-prose">{props.model.description}</p>
      <p class="mb-2 max-w-prose text-ink-2">
        Takes {columnsText(props.model.inputs)}
        <Show when={props.model.makes}>{(makes) => <>; makes {makes().join(', ')}</>}</Show>
      </p>
      <Snippet code={askedBy(props.model.name)} />
    </li>
  )
}
