// What an edit of a policy does, in words, and the reason for it.
import { useQueryClient } from '@tanstack/solid-query'
import { For } from 'solid-js'
import { say } from '../../../primitives/notices.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { useManaged } from '../queries.ts'
import type { NameOf } from '../words.ts'
import type { PolicyDraft } from './createPolicyDraft.ts'
import { type Difference, differences } from './draft.ts'
import { SaveForm } from './SaveForm.tsx'

const NOTE = 'It is in force at once. Reads that run are cut, and kernels that hold what is taken away are ended.'
const SIGNS: Record<Difference['what'], string> = { added: 'New', removed: 'Gone', changed: 'Changed' }

export function SavePolicy(props: { readonly table: string; readonly draft: PolicyDraft; readonly nameOf: NameOf }) {
  const api = useManaged()
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['data'] })
  async function save(reason: string): Promise<void> {
    const { draft, table } = props
    const body = { policy: draft.policy(), onto: draft.base().version, reason }
    try {
      const { version } = await api('PUT /api/policies/:table', { params: { table }, body })
      draft.saved(version)
    } catch (error) {
      if (refusalOf(error).code === 'stale-edit') void refresh() // the page then says whose version came between
      throw error
    }
    draft.close()
    say(`Saved the rules of ${table}`)
    await refresh()
  }
  return (
    <Modal title={`Save the rules of ${props.table}?`} note={NOTE} wide onClose={props.draft.close}>
      <ul aria-label="What changes" class="mb-4 flex max-h-52 flex-col gap-2 overflow-auto text-sm select-text">
        <For each={differences(props.draft.base().policy, props.draft.policy(), props.nameOf)}>
          {({ what, text }) => (
            <li class="flex items-baseline gap-3">
              <span class="chip flex-none" data-tone={what === 'removed' ? 'bad' : what === 'added' ? 'ok' : 'warn'}>
                {SIGNS[what]}
              </span>
              <span>{text}</span>
            </li>
          )}
        </For>
      </ul>
      <SaveForm act="Save" onSave={save} onCancel={props.draft.close} />
    </Modal>
  )
}
