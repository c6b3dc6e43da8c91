// What an artefact or a table that a notebook made is made from, as the server wrote it down.
import { Match, Show, Switch } from 'solid-js'
import { sizeText } from '#protocol/size.ts'
import { labelText } from '../../../primitives/label.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { Time } from '../../../ui/Time.tsx'
import { MadeFrom } from '../sharing/MadeFrom.tsx'
import type { NameOf } from '../words.ts'
import { type Entry, nameOfEntry, releasedText } from './words.ts'

export function About(props: { readonly entry: Entry; readonly nameOf: NameOf; readonly onClose: () => void }) {
  return (
    <Modal title={nameOfEntry(props.entry)} onClose={props.onClose}>
      <div class="flex flex-col gap-3 text-sm select-text">
        <p class="text-ink-2">
          <What entry={props.entry} nameOf={props.nameOf} />
        </p>
        <p>
          It counts as <span class="chip">{labelText(props.entry.card.label)}</span>
        </p>
        <MadeFrom origin={props.entry.card} table={props.entry.of === 'table'} />
        <Show when={props.entry.of === 'artefact' && props.entry.card}>
          {(card) => (
            <p class="text-xs text-ink-2">
              In the audit: <code class="font-mono">{card().id}</code>
            </p>
          )}
        </Show>
      </div>
    </Modal>
  )
}

function What(props: { readonly entry: Entry; readonly nameOf: NameOf }) {
  const saved = () => (props.entry.of === 'artefact' ? props.entry.card : null)
  return (
    <Switch
      fallback={
        <>
          A table, made by {props.entry.card.maker.name}, <Time at={props.entry.card.at} />. Who reads it is said by its grants
          and rules.
        </>
      }
    >
      <Match when={saved()}>
        {(card) => (
          <>
            A {card().kind} of {sizeText(card().bytes)}, saved by {card().maker.name}, <Time at={card().at} />.{' '}
            {releasedText(card(), props.nameOf)}.
          </>
        )}
      </Match>
    </Switch>
  )
}
