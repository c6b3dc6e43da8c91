// What is said of a table and of its columns: what it is, how it is classified, whether those may know of it who may not read it.
import { useQueryClient } from '@tanstack/solid-query'
import { createSignal, For } from 'solid-js'
import type { PolicyCard, TableDetails } from '#protocol/managed.ts'
import { say } from '../../../primitives/notices.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { useManaged } from '../queries.ts'
import { SaveForm } from './SaveForm.tsx'

const NOTE =
  'It is in force at once. What is classified above somebody’s clearance is gone for them, and from their kernels. To lower it needs a grant to declassify.'

export function DetailsDialog(props: { readonly card: PolicyCard; readonly onClose: () => void }) {
  const api = useManaged()
  const client = useQueryClient()
  const { table, tableVersion } = props.card // as it was when the dialog was opened
  const [details, setDetails] = createSignal<TableDetails>({
    description: table.description,
    hidden: table.hidden,
    label: table.label,
    columns: {},
  })
  const put = (change: Partial<TableDetails>) => setDetails((now) => ({ ...now, ...change }))

  async function save(reason: string): Promise<void> {
    const body = { details: details(), onto: tableVersion, reason }
    await api('PUT /api/tables/:table', { params: { table: table.name }, body })
    await client.invalidateQueries({ queryKey: ['data'] })
    say(`Saved what is said of ${table.name}`)
    props.onClose()
  }
  return (
    <Modal title={table.name} note={NOTE} wide onClose={props.onClose}>
      <SaveForm act="Save" onSave={save} onCancel={props.onClose}>
        <label class="mb-4 block text-sm">
          <span class="mb-1.5 block font-medium">Description</span>
          <textarea
            class="field h-auto py-1.5"
            rows={2}
            maxLength={2000}
            value={details().description}
            onInput={(event) => put({ description: event.currentTarget.value })}
          />
        </label>
        <div class="mb-4 flex flex-wrap items-center gap-3 text-sm">
          <span class="font-medium">Classified</span>
          <LabelField of="the table" label={details().label} onLabel={(label) => put({ label })} />
        </div>
        <Hidden hidden={details().hidden} onHidden={(hidden) => put({ hidden })} />
        <Columns card={props.card} details={details()} onColumns={(columns) => put({ columns })} />
      </SaveForm>
    </Modal>
  )
}

const Hidden = (props: { readonly hidden: boolean; readonly onHidden: (hidden: boolean) => void }) => (
  <label class="mb-4 flex items-start justify-between gap-4 text-sm">
    <span>
      <span class="font-medium">Hidden</span>
      <span class="mt-0.5 block text-ink-2">Who may not read it is not told that it is there.</span>
    </span>
    <input
      type="checkbox"
      role="switch"
      class="switch"
      aria-label="Hidden"
      aria-checked={props.hidden}
      checked={props.hidden}
      onChange={(event) => props.onHidden(event.currentTarget.checked)}
    />
  </label>
)

type ColumnsProps = {
  readonly card: PolicyCard
  readonly details: TableDetails
  readonly onColumns: (columns: TableDetails['columns']) => void
}

function Columns(props: ColumnsProps) {
  return (
    <ul aria-label="Columns" class="mb-4 flex max-h-36 flex-col gap-2 overflow-auto rounded-[6px] border border-line p-2.5">
      <For each={props.card.table.columns}>
        {({ name, label, description }) => {
          const now = () => props.details.columns[name] ?? { label, description }
          const put = (change: Partial<TableDetails['columns'][string]>) =>
            props.onColumns({ ...props.details.columns, [name]: { ...now(), ...change } })
          return (
            <li class="flex flex-wrap items-center gap-2" aria-label={name}>
              <span class="w-28 truncate font-mono text-xs">{name}</span>
              <LabelField of={name} label={now().label} onLabel={(next) => put({ label: next })} />
              <input
                class="field w-40 grow"
                aria-label={`Description of ${name}`}
                placeholder="description"
                maxLength={500}
                value={now().description}
                onInput={(event) => put({ description: event.currentTarget.value })}
              />
            </li>
          )
        }}
      </For>
    </ul>
  )
}
