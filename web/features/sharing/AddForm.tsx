// Whom a notebook is to be shared with, as what, until when. To view is what is offered first.
import X from 'lucide-solid/icons/x'
import { createSignal, For, Show } from 'solid-js'
import type { Refusal } from '#protocol/api.ts'
import type { Right, Shares } from '#protocol/shares.ts'
import { refusalOf } from '../../primitives/refused.ts'
import { Button } from '../../ui/Button.tsx'
import { Reference } from '../../ui/Notice.tsx'
import { type Choosable, PeopleBox } from './PeopleBox.tsx'
import type { Wish } from './queries.ts'
import { endOf, WORKSPACE } from './words.ts'

const EVERYBODY: Choosable = { id: 'workspace', name: WORKSPACE }

type AddFormProps = {
  readonly addable: NonNullable<Shares['addable']>
  readonly onShare: (wish: Wish, names: readonly string[]) => Promise<void>
}

export function AddForm(props: AddFormProps) {
  const form = createForm((wish, names) => props.onShare(wish, names))
  const choices = () => [...props.addable, EVERYBODY].filter(({ id }) => !form.chosen().some((one) => one.id === id))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void form.share()
      }}
    >
      <Chosen people={form.chosen()} onDrop={form.drop} />
      <PeopleBox choices={choices()} onChoose={form.add} />
      <div class="flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
        <Rights right={form.right()} onRight={form.setRight} />
        <label class="flex items-center gap-2">
          <span class="text-ink-2">Last day</span>
          <input type="date" class="field w-36" value={form.day()} onInput={(event) => form.setDay(event.currentTarget.value)} />
        </label>
        <Button type="submit" tone="accent" class="ml-auto" disabled={form.busy() || form.chosen().length === 0}>
          {form.busy() ? 'Sharing …' : 'Share notebook'}
        </Button>
      </div>
      <Show when={form.refused()}>
        {(refusal) => (
          <p class="mt-3 rounded-[6px] bg-bad-soft px-3 py-2 text-sm" role="alert">
            {refusal().message}
            <br />
            <Reference refusal={refusal()} />
          </p>
        )}
      </Show>
    </form>
  )
}

function createForm(onShare: AddFormProps['onShare']) {
  const [chosen, setChosen] = createSignal<readonly Choosable[]>([])
  const [right, setRight] = createSignal<Right>('view')
  const [day, setDay] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const [refused, setRefused] = createSignal<Refusal | null>(null)
  const add = (one: Choosable) => setChosen((all) => [...all, one])
  const drop = (one: Choosable) => setChosen((all) => all.filter(({ id }) => id !== one.id))

  async function share(): Promise<void> {
    const people = chosen()
    if (people.length === 0) return
    setBusy(true)
    setRefused(null)
    try {
      const wish = { with: people.map(({ id }) => id), right: right(), expires: endOf(day()) }
      const names = people.map(({ name }) => name)
      await onShare(wish, names)
      setChosen([])
    } catch (error) {
      setRefused(refusalOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { chosen, add, drop, right, setRight, day, setDay, busy, refused, share }
}

function Chosen(props: { readonly people: readonly Choosable[]; readonly onDrop: (one: Choosable) => void }) {
  return (
    <Show when={props.people.length > 0}>
      <ul aria-label="To share it with" class="mb-2 flex flex-wrap gap-1.5">
        <For each={props.people}>
          {(one) => (
            <li class="chip" data-tone="accent">
              {one.name}
              <button type="button" aria-label={`Leave ${one.name} out`} onClick={() => props.onDrop(one)}>
                <X size={12} aria-hidden="true" />
              </button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

const WORDS: readonly (readonly [Right, string])[] = [
  ['view', 'May view'],
  ['edit', 'May edit'],
]

function Rights(props: { readonly right: Right; readonly onRight: (right: Right) => void }) {
  return (
    <fieldset class="flex gap-4">
      <legend class="sr-only">What they may do</legend>
      <For each={WORDS}>
        {([right, words]) => (
          <label class="flex items-center gap-1.5">
            <input type="radio" name="right" checked={props.right === right} onChange={() => props.onRight(right)} />
            {words}
          </label>
        )}
      </For>
    </fieldset>
  )
}
