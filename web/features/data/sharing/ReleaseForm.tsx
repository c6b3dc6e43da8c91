// Whom something one made is released to: nobody, everybody in the workspace, groups, people. Each still needs the clearance for its
// label; what they would see of it that they do not see of its inputs is said before.
import { createQuery, keepPreviousData } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import type { PersonId } from '#protocol/ids.ts'
import type { Label } from '#protocol/policy/label.ts'
import { type Audience, GroupName } from '#protocol/policy/policy.ts'
import type { Disclosure } from '#protocol/release.ts'
import { labelText } from '../../../primitives/label.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Button } from '../../../ui/Button.tsx'
import { Modal } from '../../../ui/Modal.tsx'
import { SaveForm } from '../access/SaveForm.tsx'
import { createNames } from '../names.ts'
import { disclosureLines } from '../origin.ts'
import { createMembers } from '../queries.ts'
import { audienceText } from '../words.ts'

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
  const { nameOf } = createNames()
  const members = createMembers()
  const before = props.to // as it was when the dialog was opened
  const [to, setTo] = createSignal<readonly Audience[]>(before)
  const [groups, setGroups] = createSignal<readonly Audience[]>(before.filter(({ who }) => who === 'group'))
  const people = () => (dataOf(members) ?? []).flatMap(({ id }) => (id === props.maker ? [] : [personOf(id)]))
  const left = () => before.filter((one) => one.who === 'person' && !people().some((other) => same(one, other)))
  const choices = (): readonly Audience[] => [{ who: 'workspace' }, ...people(), ...left(), ...groups()]
  const chosen = (one: Audience) => to().some((other) => same(one, other))
  const choose = (one: Audience, on: boolean) =>
    setTo((now) => [...now.filter((other) => !same(one, other)), ...(on ? [one] : [])])
  const addGroup = (group: string) => {
    const one = { who: 'group', group } as const
    setGroups((now) => [...now.filter((other) => !same(one, other)), one])
    choose(one, true)
  }
  return (
    <Modal
      title={`Release “${props.name}”`}
      note={`Those you choose see it if they are cleared for ${labelText(props.label)}. It is a copy: rules of the tables it was made from do not hold for it.`}
      onClose={props.onClose}
    >
      <SaveForm act="Save" onSave={(reason) => props.onRelease(to(), reason)} onCancel={props.onClose}>
        <fieldset class="mb-3 max-h-48 overflow-auto">
          <legend class="sr-only">Released to</legend>
          <For each={choices()}>
            {(one) => (
              <label class="flex items-center gap-2 py-1 text-sm">
                <input type="checkbox" checked={chosen(one)} onChange={(event) => choose(one, event.currentTarget.checked)} />
                <span class="first-letter:uppercase">{audienceText(one, nameOf)}</span>
              </label>
            )}
          </For>
        </fieldset>
        <NewGroup onGroup={addGroup} />
        <Told {...props} to={to()} />
      </SaveForm>
    </Modal>
  )
}

function NewGroup(props: { readonly onGroup: (group: string) => void }) {
  const [group, setGroup] = createSignal('')
  const reads = () => GroupName.safeParse(group()).success
  const add = () => {
    props.onGroup(group())
    setGroup('')
  }
  return (
    <div class="mb-4 flex items-center gap-2">
      <input
        class="field w-44"
        aria-label="Group"
        placeholder="name of a group"
        autocomplete="off"
        spellcheck={false}
        value={group()}
        onInput={(event) => setGroup(event.currentTarget.value)}
      />
      <Button size="small" disabled={!reads()} onClick={add}>
        Add the group
      </Button>
    </div>
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

const personOf = (person: PersonId): Audience => ({ who: 'person', person })
const same = (one: Audience, other: Audience): boolean => JSON.stringify(one) === JSON.stringify(other)
