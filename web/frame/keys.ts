// Keys that belong to the shell while the frame has the focus: its palette, and the way out of the frame.
import type { FromFrame } from '#protocol/bridge.ts'
import { type Shortcut, shortcutOf } from '../primitives/keys.ts'
import { on, say } from './port.ts'

type Key = Extract<FromFrame, { type: 'shortcut' }>['key']

/** The others mean something to marimo too: while it has the focus they are its own. */
const PASSED: Readonly<Record<Key, true>> = { palette: true, cross: true, next: true, previous: true }
const isPassed = (shortcut: Shortcut | null): shortcut is Key => shortcut !== null && shortcut in PASSED

export function passShortcuts(): void {
  const pass = (event: KeyboardEvent) => {
    const key = shortcutOf(event)
    if (!isPassed(key)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    say({ type: 'shortcut', key })
  }
  window.addEventListener('keydown', pass, { capture: true })
  let last: HTMLElement | null = null
  window.addEventListener('focusin', ({ target }) => {
    if (document.hasFocus() && target instanceof HTMLElement) last = target // what the person chose, not marimo by itself
  })
  on('focus', () => {
    const before = last?.isConnected ? last : null
    window.focus()
    const first = (selector: string) => document.querySelector<HTMLElement>(selector)
    ;(before ?? first('.cm-content') ?? first('[tabindex], button, a[href], input'))?.focus()
  })
}
