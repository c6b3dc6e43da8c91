// Everything by name: notebooks and commands in one list. A combobox over a listbox, as the ARIA pattern has it.
import { Dialog } from '@kobalte/core/dialog'
import Notebook from 'lucide-solid/icons/notebook'
import Search from 'lucide-solid/icons/search'
import { createEffect, createMemo, createSignal, For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { rank } from '../primitives/match.ts'
import type { Icon } from '../ui/icon.ts'

export type Command = { readonly label: string; readonly hint?: string; readonly icon?: Icon; readonly run: () => void }
type PaletteProps = {
  readonly commands: readonly Command[]
  readonly notebooks: readonly Command[]
  readonly onClose: () => void
}

const SHOWN = 12
const optionId = (index: number) => `palette-${index}`

export function Palette(props: PaletteProps) {
  const choice = createChoice(() => [...props.commands, ...props.notebooks], run)
  function run(command: Command | undefined): void {
    if (!command) return
    props.onClose()
    queueMicrotask(command.run)
  }
  return (
    <Dialog open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="veil" />
        <div class="fixed inset-0 z-41 flex justify-center p-4 pt-[12vh]">
          <Dialog.Content class="dialog h-fit" style={{ 'max-width': '560px' }} aria-label="Command palette">
            <Field
              query={choice.query()}
              chosen={choice.found().length > 0 ? optionId(choice.chosen()) : undefined}
              onQuery={choice.look}
              keys={choice.keys}
            />
            <div id="palette-list" role="listbox" aria-label="Notebooks and commands" class="max-h-[380px] overflow-auto p-1.5">
              <For each={choice.found()}>
                {(command, index) => (
                  <Option
                    command={command}
                    index={index()}
                    selected={index() === choice.chosen()}
                    onPoint={() => choice.point(index())}
                    onRun={() => run(command)}
                  />
                )}
              </For>
            </div>
            <Show when={choice.found().length === 0}>
              <p class="px-4 pb-5 text-sm text-ink-2" role="status">
                Nothing has that name.
              </p>
            </Show>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}

/** What is typed, what is found for it, and which of that Enter would run. */
function createChoice(commands: () => readonly Command[], run: (command: Command | undefined) => void) {
  const [query, setQuery] = createSignal('')
  const [at, point] = createSignal(0)
  const found = createMemo(() => best(commands(), query()))
  const chosen = () => Math.min(at(), found().length - 1)
  createEffect(() => {
    document.getElementById(optionId(chosen()))?.scrollIntoView({ block: 'nearest' })
  })
  const keys: Record<string, () => void> = {
    ArrowDown: () => point((chosen() + 1) % Math.max(1, found().length)),
    ArrowUp: () => point((chosen() - 1 + found().length) % Math.max(1, found().length)),
    Enter: () => run(found()[chosen()]),
  }
  function look(text: string): void {
    setQuery(text)
    point(0)
  }
  return { query, look, found, chosen, point, keys }
}

type FieldProps = {
  readonly query: string
  readonly chosen: string | undefined
  readonly keys: Readonly<Record<string, () => void>>
  readonly onQuery: (text: string) => void
}

function Field(props: FieldProps) {
  return (
    <div class="flex items-center gap-3 border-b border-line px-4">
      <Search size={16} class="flex-none text-ink-3" aria-hidden="true" />
      <input
        class="h-12 w-full bg-transparent text-base outline-none placeholder:text-ink-3"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={props.chosen}
        aria-label="Find a notebook or command"
        placeholder="Find a notebook or command"
        autocomplete="off"
        spellcheck={false}
        value={props.query}
        onInput={(event) => props.onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          const act = props.keys[event.key]
          if (!act) return
          event.preventDefault()
          act()
        }}
      />
    </div>
  )
}

type OptionProps = {
  readonly command: Command
  readonly index: number
  readonly selected: boolean
  readonly onPoint: () => void
  readonly onRun: () => void
}

function Option(props: OptionProps) {
  return (
    <div
      role="option"
      id={optionId(props.index)}
      tabIndex={-1}
      aria-selected={props.selected}
      class="menu-item min-h-9 text-sm"
      onMouseMove={props.onPoint}
      onClick={props.onRun}
      onKeyDown={(event) => event.key === 'Enter' && props.onRun()}
    >
      <Dynamic component={props.command.icon ?? Notebook} size={15} aria-hidden="true" />
      <span class="grow truncate">{props.command.label}</span>
      <span class="text-xs text-ink-3">{props.command.hint}</span>
    </div>
  )
}

function best(commands: readonly Command[], query: string): readonly Command[] {
  return commands
    .map((command) => ({ command, score: rank(command.label, query) }))
    .filter((each): each is { command: Command; score: number } => each.score !== null)
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN)
    .map((each) => each.command)
}
