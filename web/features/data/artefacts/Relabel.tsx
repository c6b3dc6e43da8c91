// How an artefact is classified. Lowering it needs a grant of the workspace, which the server asks for.
import { useQueryClient } from '@tanstack/solid-query'
import { createSignal } from 'solid-js'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { labelText } from '../../../primitives/label.ts'
import { say } from '../../../primitives/notices.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { SaveForm } from '../access/SaveForm.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { useArtefacts } from './queries.ts'

export function Relabel(props: { readonly card: ArtefactCard; readonly onClose: () => void }) {
  const api = useArtefacts()
  const client = useQueryClient()
  const { id, version, name, may } = props.card // as it was when the dialog was opened
  const [label, setLabel] = createSignal(props.card.label)
  async function save(reason: string): Promise<void> {
    await api('PUT /api/artefacts/:artefact/label', { params: { artefact: id }, body: { label: label(), onto: version, reason } })
    await client.invalidateQueries({ queryKey: ['data', 'artefacts'] })
    say(`“${name}” counts as ${labelText(label())}`)
    props.onClose()
  }
  return (
    <Modal
      title={`Classify “${name}”`}
      note={
        may.lower
          ? 'You may lower it. Look at what it holds first.'
          : 'You may raise it. Lowering it needs a grant to declassify.'
      }
      onClose={props.onClose}
    >
      <SaveForm act="Save" onSave={save} onCancel={props.onClose}>
        <div class="mb-4">
          <LabelField of={`“${name}”`} label={label()} onLabel={setLabel} />
        </div>
      </SaveForm>
    </Modal>
  )
}
