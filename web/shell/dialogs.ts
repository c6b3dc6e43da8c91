// Which of the shell's dialogs is open: at most one.
import { createSignal } from 'solid-js'

export type DialogName = 'palette' | 'shortcuts' | 'preferences' | 'about'
export type Dialogs = ReturnType<typeof createDialogs>

export function createDialogs() {
  const [shown, setShown] = createSignal<DialogName | null>(null)
  return { shown, open: (name: DialogName) => setShown(name), close: () => setShown(null) }
}
