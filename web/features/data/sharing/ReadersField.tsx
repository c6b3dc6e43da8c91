// Whom something is for: nobody, everybody in the workspace, people, groups.
import { createSignal, For } from 'solid-js'
import type { PersonId } from '#protocol/ids.ts'
import { type Audience, GroupName } from '#protocol/policy/policy.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Button } from '../../../ui/Button.tsx'
import { createNames } from '../names.ts'
import { createMembers } from '../queries.ts'
import { audienceText } from '../words.ts'

/** `but`: somebody who is not among those to choose. */
type ReadersFieldProps = {
  readonly legend: string
  readonly to: readonly Audience[]
  readonly but?: PersonId
  readonly onTo: (to: readonly Audience[]) => void
}

export function ReadersField(props: ReadersFieldProps) {
  const { nameOf } = createNames()
  const members = createMembers()
  const before = props.to // as it was when the dialog was opened
  const [groups, setGroups] = createSignal<readonly Audience[]>(before.filter(({ who }) => who === 'group'))
  const people = () => (dataOf(members) ?? []).flatMap(({ id }) => (id === props.but ? [] : [personOf(id)]))
  const left = () => before.filter((one) => one.who === 'person' && !people().some((other) => same(one, other)))
  const choices = (): readonly Audience[] => [{ who: 'workspace' }, ...people(), ...left(), ...groups()]
  const chosen = (one: Audience) => props.to.some((other) => same(one, other))
  const choose = (one: Audience, on: boolean) =>
    props.onTo([...props.to.filter((other) => !same(one, other)), ...(on ? [one] : [])])
  const addGroup = (group: string) => {
    const one = { who: 'group', group } as const
    setGroups((now) => [...now.filter((other) => !same(one, other)), one])
    choose(one, true)
  }
  return (
    <>
      <fieldset class="mb-3 max-h-48 overflow-auto">
        <legend class="sr-only">{props.legend}</legend>
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
    </>
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

const personOf = (person: PersonId): Audience => ({ who: 'person', person })
const same = (one: Audience, other: Audience): boolean => JSON.stringify(one) === JSON.stringify(other)
