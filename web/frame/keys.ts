// Keys that belong to the shell while the frame has the focus: its palette, and the way out of the frame.
import type { FromFrame } from '#protocol/bridge.ts'
import { on, say } from './port.ts'

type Key = Extract<FromFrame, { type: 'shortcut' }>['key']

function shellKey(event: KeyboardEvent): Key | null {
  const command = event.ctrlKey || event.metaKey
  if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') return 'palette'
  if (event.key === 'F6' || (command && event.shiftKey && event.key === 'Escape')) return 'leave'
  if (event.altKey && event.key === 'PageDown') return 'next'
  if (event.altKey && event.key === 'PageUp') return 'previous'
  return null
}

export function passShortcuts(): void {
  const pass = (event: KeyboardEvent) => {
    const key = shellKey(event)
    if (key === null) return
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
