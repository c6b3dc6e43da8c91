// The shell's keys. Single keys can be switched off (WCAG 2.1.4); nothing is bound to what the browser owns.
import { createSignal, onCleanup } from 'solid-js'
import { hasCommand, isTyping } from '../primitives/keys.ts'
import { notices, undo } from '../primitives/notices.ts'
import { keep, load } from '../primitives/storage.ts'
import type { Dialogs } from './dialogs.ts'
import type { Workspace } from './workspace.ts'

const undoable = () => notices().some((notice) => notice.undo !== null)

export type Keymap = ReturnType<typeof createKeymap>

export function createKeymap(dialogs: Dialogs, workspace: Workspace, frame: { enter(): void; save(): void }) {
  const [singleKeys, setSingleKeys] = createSignal(load('local', 'single-keys') !== false)

  function command(event: KeyboardEvent): (() => void) | null {
    if (hasCommand(event) && !event.shiftKey && event.key.toLowerCase() === 'k') return () => dialogs.open('palette')
    if (event.altKey && event.key === 'PageDown') return () => workspace.cycle(1)
    if (event.altKey && event.key === 'PageUp') return () => workspace.cycle(-1)
    if (hasCommand(event) && event.key.toLowerCase() === 'z' && !event.shiftKey && !isTyping(event) && undoable())
      return () => void undo()
    if (hasCommand(event) && !event.shiftKey && event.key.toLowerCase() === 's' && workspace.active() !== null) return frame.save
    if (event.key === 'F6' && workspace.active() !== null) return frame.enter
    return null
  }
  function single(event: KeyboardEvent): (() => void) | null {
    if (!singleKeys() || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || dialogs.shown() !== null)
      return null
    if (event.key === '?') return () => dialogs.open('shortcuts')
    if (event.key !== '/') return null
    const search = document.querySelector<HTMLInputElement>('[data-search]')
    return search ? () => search.select() : null
  }
  function onKeyDown(event: KeyboardEvent): void {
    const act = command(event) ?? single(event)
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
