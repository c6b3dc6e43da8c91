// Whom something one made is released to: nobody, everybody in the workspace, groups, people. Each still needs the clearance for its
// label; what they would see of it that they do not see of its inputs is said before.
import { createQuery, keepPreviousData } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import type { PersonId } from '#protocol/ids.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import type { Disclosure } from '#protocol/release.ts'
import { labelText } from '../../../primitives/label.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { SaveForm } from '../access/SaveForm.tsx'
import { disclosureLines } from '../origin.ts'
import { ReadersField } from './ReadersField.tsx'

type ReleaseFormProps = {
  readonly name: string
  readonly id: string // for what was asked about it
  readonly label: Label
  readonly maker: PersonId
  readonly to: readonly Audience[]
  readonly disclosure: (to: readonly Audience[], signal: AbortSignal) => Promise<Disclosure>
  readonly onRelease: (to: readonly Audience[], reason: string) => Promise<void>
  readonly onClose: () => void
}

export function ReleaseForm(props: ReleaseFormProps) {
  const [to, setTo] = createSignal<readonly Audience[]>(props.to) // as it was when the dialog was opened
  return (
    <Modal
      title={`Release “${props.name}”`}
      note={`Those you choose see it if they are cleared for ${labelText(props.label)}. It is a copy: rules of the tables it was made from do not hold for it.`}
      onClose={props.onClose}
    >
      <SaveForm act="Save" onSave={(reason) => props.onRelease(to(), reason)} onCancel={props.onClose}>
        <ReadersField legend="Released to" to={to()} but={props.maker} onTo={setTo} />
        <Told {...props} to={to()} />
      </SaveForm>
    </Modal>
  )
}

/** Asked again at each change of whom it is to. */
function Told(props: Pick<ReleaseFormProps, 'id' | 'label' | 'to' | 'disclosure'>) {
  const disclosure = createQuery(() => ({
    queryKey: ['data', 'disclosure', props.id, props.to],
    queryFn: ({ signal }) => props.disclosure(props.to, signal),
    placeholderData: keepPreviousData,
    retry: false,
  }))
  const lines = () => {
    const found = dataOf(disclosure)
    return found ? disclosureLines(found, labelText(props.label)) : []
  }
  return (
    <Show when={lines().length > 0}>
      <ul aria-label="Before you release it" class="mb-4 flex flex-col gap-1.5 rounded-[6px] bg-warn-soft px-3 py-2 text-sm">
        <For each={lines()}>{(line) => <li>{line}</li>}</For>
      </ul>
    </Show>
  )
}
