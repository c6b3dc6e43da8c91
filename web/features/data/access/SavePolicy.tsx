// What an edit of a policy does, in words, and the reason for it.
import { useQueryClient } from '@tanstack/solid-query'
import { For } from 'solid-js'
import type { RequestCard } from '#protocol/sight.ts'
import { say } from '../../../primitives/notices.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { useManaged } from '../queries.ts'
import type { NameOf } from '../words.ts'
import type { PolicyDraft } from './createPolicyDraft.ts'
import { type Difference, differences } from './draft.ts'
import { SaveForm } from './SaveForm.tsx'

const NOTE = 'It is in force at once. Reads that run are cut, and kernels that hold what is taken away are ended.'
const OVERTAKEN: ReadonlySet<string> = new Set(['stale-edit', 'request-ended'])
const SIGNS: Record<Difference['what'], string> = { added: 'New', removed: 'Gone', changed: 'Changed' }

type SavePolicyProps = {
  readonly table: string
  readonly draft: PolicyDraft
  readonly nameOf: NameOf
  readonly request: RequestCard | null // that is granted with it
  readonly onSaved: () => void
}

export function SavePolicy(props: SavePolicyProps) {
  const { request } = props // as it was when the dialog was opened
  const api = useManaged()
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['data'] })
  async function save(reason: string): Promise<void> {
    const { draft, table } = props
    const answers = request ? { answers: request.id } : {}
    const body = { policy: draft.policy(), onto: draft.base().version, reason, ...answers }
    try {
      const { version } = await api('PUT /api/policies/:table', { params: { table }, body })
      draft.saved(version)
    } catch (error) {
      if (OVERTAKEN.has(refusalOf(error).code)) void refresh() // the page then says what came between
      throw error
    }
    draft.close()
    props.onSaved()
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
      <SaveForm
        act="Save"
        reason={request ? `Request of ${request.person.name}` : ''}
        onSave={save}
        onCancel={props.draft.close}
      />
    </Modal>
  )
}
