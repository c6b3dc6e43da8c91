// A model is taken away, with a reason.
import { useQueryClient } from '@tanstack/solid-query'
import type { DeployedCard } from '#protocol/models.ts'
import { say } from '../../../../primitives/notices.ts'
import { Modal } from '../../../../ui/Modal.tsx'
import { SaveForm } from '../../access/SaveForm.tsx'
import { useDeployed } from './queries.ts'

export function RemoveDialog(props: { readonly card: DeployedCard; readonly onClose: () => void }) {
  const api = useDeployed()
  const client = useQueryClient()
  const { name, version } = props.card // as it was when the dialog was opened
  async function remove(reason: string): Promise<void> {
    try {
      await api('POST /api/models/:alias/remove', { params: { alias: name }, body: { onto: version, reason } })
    } finally {
      await client.invalidateQueries({ queryKey: ['data', 'deployed'] }) // also where somebody was faster
    }
    say(`Took ${name} away`)
    props.onClose()
  }
  return (
    <Modal
      title={`Take ${name} away?`}
      note="No notebook can ask it from the next call on. Its file goes; what it said before stays where it is."
      onClose={props.onClose}
    >
      <SaveForm act="Take away" onSave={remove} onCancel={props.onClose} />
    </Modal>
  )
}
