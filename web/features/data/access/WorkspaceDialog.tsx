// The grants of the workspace, edited together and saved with a reason onto the version that they were made from.
import { useQueryClient } from '@tanstack/solid-query'
import Trash from 'lucide-solid/icons/trash'
import { createSignal, Index } from 'solid-js'
import type { PersonCard, WorkspaceCard } from '#protocol/managed.ts'
import { WORKSPACE_RIGHTS, type WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { say } from '../../../primitives/notices.ts'
import { Button } from '../../../ui/Button.tsx'
import { Modal } from '../../../ui/Modal.tsx'
import { IconButton } from '../../../ui/Tip.tsx'
import { Choice } from '../parts/Choice.tsx'
import { useManaged } from '../queries.ts'
import { WORKSPACE_RIGHT } from '../words.ts'
import { Until, Whom } from './GrantFields.tsx'
import { SaveForm } from './SaveForm.tsx'

const NOTE =
  'To make tables is to write them. To declassify is to let others see what was above them: no role includes it, the owner’s neither.'

type WorkspaceDialogProps = {
  readonly card: WorkspaceCard
  readonly people: readonly PersonCard[]
  readonly onClose: () => void
}

export function WorkspaceDialog(props: WorkspaceDialogProps) {
  const api = useManaged()
  const client = useQueryClient()
  const { workspace, version: onto } = props.card // as it was when the dialog was opened
  const [grants, setGrants] = createSignal(workspace.grants)
  const put = (at: number, change: Partial<WorkspaceGrant>) =>
    setGrants((now) => now.map((grant, other) => (other === at ? { ...grant, ...change } : grant)))
  const add = () => setGrants((now) => [...now, newGrant(now, props.people[0]?.person.id ?? '')])
  async function save(reason: string): Promise<void> {
    await api('PUT /api/workspace', { body: { grants: grants(), onto, reason } })
    props.onClose()
    say('Saved the grants of the workspace')
    await client.invalidateQueries({ queryKey: ['data'] })
  }
  return (
    <Modal title="Grants of the workspace" note={NOTE} wide onClose={props.onClose}>
      <SaveForm act="Save" onSave={save} onCancel={props.onClose}>
        <ul aria-label="Grants" class="mb-3 flex max-h-72 flex-col gap-3 overflow-auto">
          <Index each={grants()}>
            {(grant, at) => (
              <li aria-label={grant().id} class="flex flex-wrap items-center gap-2 rounded-[6px] border border-line p-2.5">
                <Whom of={grant().id} to={grant().to} people={props.people} onTo={(to) => put(at, { to })} />
                <Choice
                  label={`What ${grant().id} allows`}
                  value={grant().right}
                  options={WORKSPACE_RIGHTS.map((right) => [right, `may ${WORKSPACE_RIGHT[right]}`] as const)}
                  onValue={(right) => put(at, { right })}
                />
                <Until of={grant().id} expires={grant().expires} onExpires={(expires) => put(at, { expires })} />
                <IconButton
                  label={`Remove ${grant().id}`}
                  text="Remove"
                  onClick={() => setGrants((now) => now.filter((_, other) => other !== at))}
                >
                  <Trash size={15} aria-hidden="true" />
                </IconButton>
              </li>
            )}
          </Index>
        </ul>
        <p class="mb-4">
          <Button size="small" onClick={add}>
            Add a grant
          </Button>
        </p>
      </SaveForm>
    </Modal>
  )
}

/** Its id is told nobody but the record: the first number that is free. */
function newGrant(grants: readonly WorkspaceGrant[], person: string): WorkspaceGrant {
  const taken = new Set(grants.map(({ id }) => id))
  let number = 1
  while (taken.has(`grant-${number}`)) number += 1
  return { id: `grant-${number}`, to: { who: 'person', person }, right: 'declassify', expires: null }
}
