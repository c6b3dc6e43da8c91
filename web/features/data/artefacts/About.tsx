// What an artefact is made from, as the server wrote it down when it was saved.
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { sizeText } from '#protocol/size.ts'
import { labelText } from '../../../primitives/label.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { Time } from '../../../ui/Time.tsx'
import { MadeFrom } from '../sharing/MadeFrom.tsx'
import type { NameOf } from '../words.ts'
import { releasedText } from './words.ts'

export function About(props: { readonly card: ArtefactCard; readonly nameOf: NameOf; readonly onClose: () => void }) {
  return (
    <Modal title={props.card.name} onClose={props.onClose}>
      <div class="flex flex-col gap-3 text-sm select-text">
        <p class="text-ink-2">
          A {props.card.kind} of {sizeText(props.card.bytes)}, saved by {props.card.maker.name}, <Time at={props.card.at} />.{' '}
          {releasedText(props.card, props.nameOf)}.
        </p>
        <p>
          It counts as <span class="chip">{labelText(props.card.label)}</span>
        </p>
        <MadeFrom origin={props.card} />
        <p class="text-xs text-ink-2">
          In the audit: <code class="font-mono">{props.card.id}</code>
        </p>
      </div>
    </Modal>
  )
}
