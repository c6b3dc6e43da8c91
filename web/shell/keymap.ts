// The shell's keys. Single keys can be switched off (WCAG 2.1.4); nothing is bound to what the browser owns.
import { createSignal, onCleanup } from 'solid-js'
import { isTyping, shortcutOf } from '../primitives/keys.ts'
import { notices, undo } from '../primitives/notices.ts'
import { keep, load } from '../primitives/storage.ts'
import type { Dialogs } from './dialogs.ts'
import type { Workspace } from './workspace.ts'

const undoable = () => notices().some((notice) => notice.undo !== null)

function toSearch(): (() => void) | null {
  const search = document.querySelector<HTMLInputElement>('[data-search]')
  return search && (() => search.select())
}

export type Keymap = ReturnType<typeof createKeymap>

export function createKeymap(dialogs: Dialogs, workspace: Workspace, frame: { enter(): void; save(): void }) {
  const [singleKeys, setSingleKeys] = createSignal(load('local', 'single-keys') !== false)

  /** A sign alone is a command where nothing is typed or asked, and a person may switch it off. */
  const isFree = (event: KeyboardEvent) => singleKeys() && !isTyping(event) && dialogs.shown() === null
  function actOf(event: KeyboardEvent): (() => void) | null {
    switch (shortcutOf(event)) {
      case 'palette':
        return () => dialogs.open('palette')
      case 'next':
        return () => workspace.cycle(1)
      case 'previous':
        return () => workspace.cycle(-1)
      case 'save':
        return workspace.active() === null ? null : frame.save
      case 'cross':
        return workspace.active() === null ? null : frame.enter
      case 'undo':
        return undoable() && !isTyping(event) ? () => void undo() : null
      case 'list':
        return isFree(event) ? () => dialogs.open('shortcuts') : null
      case 'search':
        return isFree(event) ? toSearch() : null
      case null:
        return null
    }
  }
  function onKeyDown(event: KeyboardEvent): void {
    const act = actOf(event)
    if (!act || event.defaultPrevented) return
    event.preventDefault()
    act()
  }
  window.addEventListener('keydown', onKeyDown)
  onCleanup(() => window.removeEventListener('keydown', onKeyDown))
  return {
    singleKeys,
    setSingleKeys(on: boolean): void {
      setSingleKeys(on)
      keep('local', 'single-keys', on)
    },
  }
}
