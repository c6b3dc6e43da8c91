// Somebody by name: a combobox over a listbox, as the ARIA pattern has it.
import { createMemo, createSignal, createUniqueId, For, Show } from 'solid-js'
import type { Grantee } from '#protocol/shares.ts'
import { fold, rank } from '../../primitives/match.ts'

export type Choosable = { readonly id: Grantee; readonly name: string }
type PeopleBoxProps = { readonly choices: readonly Choosable[]; readonly onChoose: (one: Choosable) => void }

const SHOWN = 50

export function PeopleBox(props: PeopleBoxProps) {
  const box = createBox(
    () => props.choices,
    (one) => props.onChoose(one),
  )
  return (
    <div class="mb-3" onFocusOut={(event) => leaves(event) && box.leave()}>
      <input
        class="field"
        role="combobox"
        aria-label="Add people"
        aria-autocomplete="list"
        aria-expanded={box.open()}
        aria-controls={box.list}
        aria-activedescendant={box.open() && box.found().length > 0 ? box.option(box.at()) : undefined}
        placeholder="A member’s name, or the whole workspace"
        autocomplete="off"
        spellcheck={false}
        value={box.query()}
        onFocus={() => box.show()}
        onClick={() => box.show()}
        onInput={(event) => box.look(event.currentTarget.value)}
        on:keydown={box.key}
      />
      <Show when={box.open()}>
        <Found box={box} />
      </Show>
    </div>
  )
}

/** A press keeps the focus in the field. */
function Found(props: { readonly box: Box }) {
  const { box } = props
  return (
    <div
      id={box.list}
      role="listbox"
      aria-label="People"
      class="mt-1 max-h-44 overflow-auto rounded-[6px] border border-line p-1"
      onMouseDown={(event) => event.preventDefault()}
    >
      <For each={box.found()} fallback={<p class="px-2 py-1 text-sm text-ink-2">Nobody has that name.</p>}>
        {(one, index) => (
          <div
            role="option"
            id={box.option(index())}
            tabIndex={-1}
            aria-selected={index() === box.at()}
            class="menu-item text-sm"
            onMouseMove={() => box.point(index())}
            onClick={() => box.choose(one)}
            onKeyDown={(event) => event.key === 'Enter' && box.choose(one)}
          >
            {one.name}
          </div>
        )}
      </For>
    </div>
  )
}

const leaves = (event: FocusEvent & { readonly currentTarget: HTMLElement }): boolean =>
  !event.currentTarget.contains(event.relatedTarget as Node | null)

type Box = ReturnType<typeof createBox>

function createBox(choices: () => readonly Choosable[], onChoose: (one: Choosable) => void) {
  const list = createUniqueId()
  const [open, setOpen] = createSignal(false)
  const [query, setQuery] = createSignal('')
  const [pointed, point] = createSignal(0)
  const found = createMemo(() => best(choices(), query()))
  const at = () => Math.max(0, Math.min(pointed(), found().length - 1))
  const show = () => void setOpen(true)
  const hide = () => void setOpen(false)
  function choose(one: Choosable | undefined): void {
    if (one) onChoose(one)
    setQuery('')
    hide()
  }
  function look(text: string): void {
    setQuery(text)
    point(0)
    show()
  }
  /** Who typed a whole name and went on meant it. */
  function leave(): void {
    hide()
    const meant = query() === '' ? undefined : found().find(({ name }) => fold(name) === fold(query().trim()))
    if (meant) choose(meant)
  }
  function move(by: number): void {
    point((at() + by + found().length) % Math.max(1, found().length))
    show()
  }
  const key = keysOf(open, {
    ArrowDown: () => move(open() ? 1 : 0),
    ArrowUp: () => move(-1),
    Enter: () => choose(found()[at()]),
    Escape: hide,
  })
  return { list, option: (index: number) => `${list}-${index}`, open, show, query, found, at, point, look, choose, key, leave }
}

/** Where the list is closed, Enter and Escape are the dialog's. */
const keysOf = (open: () => boolean, acts: Readonly<Record<string, () => void>>) => (event: KeyboardEvent) => {
  const act = acts[event.key]
  if (!act || (!open() && !event.key.startsWith('Arrow'))) return
  event.preventDefault()
  event.stopPropagation()
  act()
}

const best = (choices: readonly Choosable[], query: string): readonly Choosable[] =>
  choices
    .flatMap((one) => {
      const score = rank(one.name, query)
      return score === null ? [] : [{ one, score }]
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN)
    .map(({ one }) => one)
