// Whom an artefact is released to: nobody, everybody in the workspace, or some. Each still needs the clearance for its label.
import { useQueryClient } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import type { PersonId } from '#protocol/ids.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import { labelText } from '../../../primitives/label.ts'
import { say } from '../../../primitives/notices.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { SaveForm } from '../access/SaveForm.tsx'
import { audienceText, type NameOf } from '../words.ts'
import { useArtefacts } from './queries.ts'

type ReleaseProps = {
  readonly card: ArtefactCard
  readonly accounts: readonly { readonly id: PersonId; readonly name: string }[]
  readonly nameOf: NameOf
  readonly onClose: () => void
}

export function Release(props: ReleaseProps) {
  const api = useArtefacts()
  const client = useQueryClient()
  const { id, version, released, maker, name } = props.card // as it was when the dialog was opened
  const [to, setTo] = createSignal<readonly Audience[]>(released ?? [])
  const others = () => props.accounts.filter((account) => account.id !== maker.id)
  const choices = (): readonly Audience[] => [
    { who: 'workspace' },
    ...others().map((account) => ({ who: 'person', person: account.id }) as const),
    ...(released ?? []).filter(({ who }) => who === 'group'), // set elsewhere; kept until it is taken out
  ]
  const chosen = (one: Audience) => to().some((other) => same(one, other))
  const choose = (one: Audience, on: boolean) =>
    setTo((before) => [...before.filter((other) => !same(one, other)), ...(on ? [one] : [])])

  async function save(reason: string): Promise<void> {
    await api('PUT /api/artefacts/:artefact/release', { params: { artefact: id }, body: { to: to(), onto: version, reason } })
    await client.invalidateQueries({ queryKey: ['data', 'artefacts'] })
    say(to().length === 0 ? `“${name}” is yours alone` : `“${name}” released`)
    props.onClose()
  }
  return (
    <Modal
      title={`Release “${name}”`}
      note={`Members that you choose can open it if they are cleared for ${labelText(props.card.label)}. It is a copy: rules of the tables it was made from do not hold for it.`}
      onClose={props.onClose}
    >
      <SaveForm act="Save" onSave={save} onCancel={props.onClose}>
        <fieldset class="mb-4">
          <legend class="sr-only">Released to</legend>
          <For each={choices()}>
            {(one) => (
              <label class="flex items-center gap-2 py-1 text-sm">
                <input type="checkbox" checked={chosen(one)} onChange={(event) => choose(one, event.currentTarget.checked)} />
                <span class="first-letter:uppercase">{audienceText(one, props.nameOf)}</span>
              </label>
            )}
          </For>
        </fieldset>
        <Show when={props.card.inputs.some(({ changed }) => changed)}>
          <p class="mb-4 rounded-[6px] bg-warn-soft px-3 py-2 text-sm" role="note">
            Rules of tables that it was made from have changed since it was saved.
          </p>
        </Show>
      </SaveForm>
    </Modal>
  )
}

const same = (one: Audience, other: Audience): boolean => JSON.stringify(one) === JSON.stringify(other)
