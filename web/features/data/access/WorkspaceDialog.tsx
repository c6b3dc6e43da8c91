// The label of the workspace and its grants; each change with its reason.
import { useQueryClient } from '@tanstack/solid-query'
import Plus from 'lucide-solid/icons/plus'
import X from 'lucide-solid/icons/x'
import { createSignal, Index, Show } from 'solid-js'
import type { WorkspaceCard } from '#protocol/access.ts'
import type { PersonCard } from '#protocol/managed.ts'
import { WORKSPACE_RIGHTS, type Workspace, type WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { say } from '../../../primitives/notices.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { Button } from '../../../ui/Button.tsx'
import { Modal } from '../../../ui/Modal.tsx'
import { IconButton } from '../../../ui/Tip.tsx'
import { useAccess } from '../models/queries.ts'
import { Choice } from '../parts/Choice.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { Line } from '../parts/Line.tsx'
import { WORKSPACE_RIGHT } from '../words.ts'
import { Until, Whom } from './GrantFields.tsx'
import { LastChange } from './LastChange.tsx'
import { SaveForm } from './SaveForm.tsx'
import { newWorkspaceGrant } from './workspaceGrants.ts'

const NOTE =
  'It is in force at once. All kernels count with the label from then on: what may not hold or get as much is closed to them. To declassify is to let others see what was above them: no role includes it, the owner’s neither.'

type WorkspaceDialogProps = {
  readonly card: WorkspaceCard
  readonly people: readonly PersonCard[]
  readonly onClose: () => void
}

export function WorkspaceDialog(props: WorkspaceDialogProps) {
  const api = useAccess()
  const client = useQueryClient()
  const { version } = props.card // as it was when the dialog was opened
  const [workspace, setWorkspace] = createSignal<Workspace>(props.card.workspace)
  const refresh = () => client.invalidateQueries({ queryKey: ['data'] })

  async function save(reason: string): Promise<void> {
    try {
      await api('PUT /api/workspace', { body: { workspace: workspace(), onto: version, reason } })
    } catch (error) {
      if (refusalOf(error).code === 'stale-edit') void refresh() // the page then has the newest
      throw error
    }
    await refresh()
    say('Saved the workspace')
    props.onClose()
  }
  return (
    <Modal title="Workspace" note={NOTE} wide onClose={props.onClose}>
      <SaveForm act="Save" onSave={save} onCancel={props.onClose}>
        <Show when={props.card.changed}>{(last) => <LastChange last={last()} />}</Show>
        <Line label="Label">
          <LabelField
            of="the workspace"
            label={workspace().label}
            onLabel={(label) => setWorkspace((now) => ({ ...now, label }))}
          />
        </Line>
        <Line label="Grants">
          <Grants
            workspace={workspace()}
            people={props.people}
            onGrants={(grants) => setWorkspace((now) => ({ ...now, grants }))}
          />
        </Line>
      </SaveForm>
    </Modal>
  )
}

type GrantsProps = {
  readonly workspace: Workspace
  readonly people: readonly PersonCard[]
  readonly onGrants: (grants: readonly WorkspaceGrant[]) => void
}

function Grants(props: GrantsProps) {
  const grants = () => props.workspace.grants
  const put = (at: number, change: Partial<WorkspaceGrant>) =>
    props.onGrants(grants().map((grant, index) => (index === at ? { ...grant, ...change } : grant)))
  const add = () => props.onGrants([...grants(), newWorkspaceGrant(props.workspace, props.people[0]?.person.id ?? '')])
  return (
    <>
      <ul aria-label="Grants" class="mb-2 flex flex-col gap-2">
        <Index each={grants()}>
          {(grant, at) => (
            <li aria-label={grant().id} class="flex w-full items-start gap-2">
              <div class="flex grow flex-wrap items-center gap-2">
                <Whom of={grant().id} to={grant().to} people={props.people} onTo={(to) => put(at, { to })} />
                <Choice
                  label={`What ${grant().id} allows`}
                  value={grant().right}
                  options={WORKSPACE_RIGHTS.map((right) => [right, `may ${WORKSPACE_RIGHT[right]}`] as const)}
                  onValue={(right) => put(at, { right })}
                />
                <Until of={grant().id} expires={grant().expires} onExpires={(expires) => put(at, { expires })} />
              </div>
              <IconButton
                label={`Remove ${grant().id}`}
                text="Remove"
                onClick={() => props.onGrants(grants().filter((_, index) => index !== at))}
              >
                <X size={15} aria-hidden="true" />
              </IconButton>
            </li>
          )}
        </Index>
      </ul>
      <Button size="small" onClick={add}>
        <Plus size={14} aria-hidden="true" /> Add a grant
      </Button>
    </>
  )
}
