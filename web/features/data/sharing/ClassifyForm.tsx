// How something one made is classified. Lowering it needs a grant of the workspace, which the server asks for.
import { createSignal } from 'solid-js'
import type { Label } from '#protocol/policy/label.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { SaveForm } from '../access/SaveForm.tsx'
import { LabelField } from '../parts/LabelField.tsx'

type ClassifyFormProps = {
  readonly name: string
  readonly label: Label
  readonly lower: boolean
  readonly onClassify: (label: Label, reason: string) => Promise<void>
  readonly onClose: () => void
}

const LOWER =
  'You may lower it: whoever it is released to and is cleared for the new label sees it at once. Look at what it holds first.'
const RAISE = 'You may raise it. Lowering it needs a grant to declassify.'

export function ClassifyForm(props: ClassifyFormProps) {
  const [label, setLabel] = createSignal(props.label)
  return (
    <Modal title={`Classify “${props.name}”`} note={props.lower ? LOWER : RAISE} onClose={props.onClose}>
      <SaveForm act="Save" onSave={(reason) => props.onClassify(label(), reason)} onCancel={props.onClose}>
        <div class="mb-4">
          <LabelField of={`“${props.name}”`} label={label()} onLabel={setLabel} />
        </div>
      </SaveForm>
    </Modal>
  )
}
