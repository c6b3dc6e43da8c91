// A model to deploy, or one to edit: its file, which the server opens first and says what it takes, and what the owner says of it.
import { useQueryClient } from '@tanstack/solid-query'
import { createSignal, Show } from 'solid-js'
import type { DeployedCard } from '#protocol/models.ts'
import { say } from '../../../../primitives/notices.ts'
import { refusalOf } from '../../../../primitives/refused.ts'
import { Modal } from '../../../../ui/Modal.tsx'
import { LastChange } from '../../access/LastChange.tsx'
import { SaveForm } from '../../access/SaveForm.tsx'
import { type Draft, NEW, withFile } from './draft.ts'
import { FileField } from './FileField.tsx'
import { ModelFields } from './ModelFields.tsx'
import { useDeployed } from './queries.ts'

const NOTE = 'It is in force at the next call of every notebook. What the model says counts as what it may get.'

/** `card` null: a new one. */
type ModelDialogProps = { readonly card: DeployedCard | null; readonly onClose: () => void }

export function ModelDialog(props: ModelDialogProps) {
  const api = useDeployed()
  const client = useQueryClient()
  const before = props.card // as it was when the dialog was opened
  const [draft, setDraft] = createSignal<Draft>(before ?? NEW)
  const refresh = () => client.invalidateQueries({ queryKey: ['data', 'deployed'] })

  async function save(file: string, reason: string): Promise<void> {
    const { name, rules } = draft()
    try {
      const body = { rules, file, onto: before?.version ?? 0, reason }
      await api('PUT /api/models/:alias', { params: { alias: name }, body })
    } catch (error) {
      if (refusalOf(error).code === 'stale-edit') void refresh() // the list then has the newest
      throw error
    }
    await refresh()
    say(before ? `Saved ${name}` : `Deployed ${name}`)
    props.onClose()
  }
  return (
    <Modal title={before?.name ?? 'Upload a model'} note={NOTE} wide onClose={props.onClose}>
      <Show when={before?.changed}>{(last) => <LastChange last={last()} />}</Show>
      <FileField file={draft().file} onFile={(file, name) => setDraft((now) => withFile(now, file, name))} />
      <Show when={draft().file}>
        {(file) => (
          <SaveForm act={before ? 'Save' : 'Deploy'} onSave={(reason) => save(file().digest, reason)} onCancel={props.onClose}>
            <ModelFields
              draft={draft()}
              named={before !== null}
              onDraft={(change) => setDraft((now) => ({ ...now, ...change }))}
            />
          </SaveForm>
        )}
      </Show>
    </Modal>
  )
}
