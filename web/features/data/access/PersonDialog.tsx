// What is said of a person: clearance, groups, attributes; each change with its reason.
import { useQueryClient } from '@tanstack/solid-query'
import Plus from 'lucide-solid/icons/plus'
import X from 'lucide-solid/icons/x'
import { createSignal, Index, Show } from 'solid-js'
import type { PersonCard } from '#protocol/managed.ts'
import { Standing } from '#protocol/policy/edit.ts'
import { AttributeName } from '#protocol/policy/expr.ts'
import { say } from '../../../primitives/notices.ts'
import { Button } from '../../../ui/Button.tsx'
import { Modal } from '../../../ui/Modal.tsx'
import { IconButton } from '../../../ui/Tip.tsx'
import { Field } from '../parts/Field.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { Line } from '../parts/Line.tsx'
import { useManaged } from '../queries.ts'
import { words } from './draft.ts'
import { LastChange } from './LastChange.tsx'
import { readGroups } from './ProfileFields.tsx'
import { SaveForm } from './SaveForm.tsx'

type Attribute = { readonly name: string; readonly values: readonly string[] }

export function PersonDialog(props: { readonly card: PersonCard; readonly onClose: () => void }) {
  const api = useManaged()
  const client = useQueryClient()
  const { person, standing, version } = props.card // as it was when the dialog was opened
  const [clearance, setClearance] = createSignal(standing.clearance)
  const [groups, setGroups] = createSignal<readonly string[]>(standing.groups)
  const [attributes, setAttributes] = createSignal<readonly Attribute[]>(
    Object.entries(standing.attributes).map(([name, values]) => ({ name, values })),
  )

  async function save(reason: string): Promise<void> {
    const pairs = attributes().flatMap(({ name, values }) => (name === '' ? [] : [[name, values] as const]))
    const said = Standing.parse({ clearance: clearance(), groups: groups(), attributes: Object.fromEntries(pairs) })
    await api('PUT /api/people/:person', { params: { person: person.id }, body: { standing: said, onto: version, reason } })
    await client.invalidateQueries({ queryKey: ['data'] })
    say(`Saved what is said of ${person.name}`)
    props.onClose()
  }
  return (
    <Modal title={person.name} note="Policies are judged by this. It is in force at once." wide onClose={props.onClose}>
      <SaveForm act="Save" onSave={save} onCancel={props.onClose}>
        <Show when={props.card.changed}>{(last) => <LastChange last={last()} />}</Show>
        <Line label="Cleared for">
          <LabelField of="the clearance" label={clearance()} onLabel={setClearance} />
        </Line>
        <Line label="Groups">
          <Field
            label="Groups"
            text={groups().join(', ')}
            read={readGroups}
            wrong="Groups are words of small letters, digits and _, with commas between them."
            placeholder="none"
            onValue={setGroups}
          />
        </Line>
        <Line label="Attributes">
          <Attributes all={attributes()} onAll={setAttributes} />
        </Line>
      </SaveForm>
    </Modal>
  )
}

function Attributes(props: { readonly all: readonly Attribute[]; readonly onAll: (all: readonly Attribute[]) => void }) {
  const put = (at: number, one: Attribute) => props.onAll(props.all.with(at, one))
  return (
    <div class="flex flex-col items-start gap-2">
      <Index each={props.all}>
        {(one, at) => (
          <div class="flex w-full gap-2">
            <Field
              label={`Name of attribute ${at + 1}`}
              text={one().name}
              read={(text) => (AttributeName.safeParse(text).success ? text : null)}
              wrong="An attribute’s name is a word of small letters, digits and _."
              placeholder="name"
              class="max-w-36"
              onValue={(name) => put(at, { ...one(), name })}
            />
            <Field
              label={`Values of attribute ${at + 1}`}
              text={one().values.join(', ')}
              read={words}
              wrong=""
              placeholder="values, with commas between them"
              onValue={(values) => put(at, { ...one(), values })}
            />
            <IconButton
              label={`Remove attribute ${at + 1}`}
              text="Remove"
              onClick={() => props.onAll(props.all.filter((_, index) => index !== at))}
            >
              <X size={15} aria-hidden="true" />
            </IconButton>
          </div>
        )}
      </Index>
      <Button size="small" onClick={() => props.onAll([...props.all, { name: '', values: [] }])}>
        <Plus size={14} aria-hidden="true" /> Attribute
      </Button>
    </div>
  )
}
