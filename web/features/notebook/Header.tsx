// The line above a notebook: its name, whether one edits or reads, whether it is saved. The kernel's part comes in as children.
import Lock from 'lucide-solid/icons/lock'
import Pen from 'lucide-solid/icons/pen'
import { createSignal, type ParentProps, Show } from 'solid-js'
import type { Opened } from '#protocol/api.ts'
import { clock } from '../../primitives/format.ts'
import { Rename } from '../../ui/Rename.tsx'
import type { Save } from './session.ts'

type HeaderProps = ParentProps<{
  readonly name: string
  readonly opened: Opened | null
  readonly save: Save
  readonly onRename: (name: string) => void
}>

export function Header(props: HeaderProps) {
  return (
    <header class="flex min-h-(--bar) flex-none flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface py-1 pr-2 pl-4">
      <Title name={props.name} mine={props.opened?.notebook.rights === 'author'} onRename={props.onRename} />
      <Show when={props.opened}>{(opened) => <Mode opened={opened()} />}</Show>
      <SaveState save={props.save} />
      <div class="ml-auto flex flex-wrap items-center gap-x-3 gap-y-1">{props.children}</div>
    </header>
  )
}

function Title(props: { readonly name: string; readonly mine: boolean; readonly onRename: (name: string) => void }) {
  const [editing, setEditing] = createSignal(false)
  return (
    <Show
      when={editing()}
      fallback={
        <h1 class="-ml-1.5 max-w-[44ch] min-w-0 truncate text-base font-semibold">
          <Show when={props.mine} fallback={<span class="px-1.5">{props.name}</span>}>
            <button
              type="button"
              class="max-w-full truncate rounded px-1.5 py-1 -outline-offset-2 hover:bg-hover"
              title="Rename (F2)"
              onClick={() => setEditing(true)}
              onKeyDown={(event) => event.key === 'F2' && setEditing(true)}
            >
              {props.name}
            </button>
          </Show>
        </h1>
      }
    >
      <Rename
        class="w-72"
        name={props.name}
        onDone={(name) => {
          setEditing(false)
          if (name !== null) props.onRename(name)
        }}
      />
    </Show>
  )
}

function Mode(props: { readonly opened: Opened }) {
  return (
    <Show
      when={props.opened.mode === 'edit'}
      fallback={
        <span class="chip" role="status" aria-label="Read-only" title="It runs in a kernel of your own, with what you may see.">
          <Lock size={12} aria-hidden="true" /> {props.opened.preview ? 'Preview' : 'Read-only'}
        </span>
      }
    >
      <span class="chip" data-tone="accent">
        <Pen size={12} aria-hidden="true" /> Editing
      </span>
    </Show>
  )
}

function SaveState(props: { readonly save: Save }) {
  const text = () => {
    switch (props.save.state) {
      case 'none':
        return ''
      case 'saving':
        return 'Saving…'
      case 'saved':
        return `Saved ${clock(props.save.at)}`
      case 'refused':
        return `Not saved – ${props.save.message}`
    }
  }
  const reference = () => (props.save.state === 'refused' ? `Reference ${props.save.id}` : undefined)
  return (
    <span
      role="status"
      aria-label="Save"
      title={reference()}
      class="numeric max-w-[60ch] truncate text-sm text-ink-2"
      classList={{ 'text-bad! font-medium': props.save.state === 'refused' }}
    >
      {text()}
    </span>
  )
}
