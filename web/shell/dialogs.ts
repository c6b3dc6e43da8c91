// Which of the shell's dialogs is open: at most one.
import { createSignal } from 'solid-js'

export type DialogName = 'palette' | 'shortcuts' | 'preferences' | 'about'
export type Dialogs = ReturnType<typeof createDialogs>

export function createDialogs() {
  const [shown, setShown] = createSignal<DialogName | null>(null)
  const [link, setLink] = createSignal<string | null>(null) // an address a notebook asks to open
  return {
    shown,
    link,
    open: (name: DialogName) => setShown(name),
    close: () => setShown(null),
    askLink: (url: string) => setLink(url),
    closeLink: () => setLink(null),
  }
}
