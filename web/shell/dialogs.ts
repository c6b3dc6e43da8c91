// Which of the shell's dialogs is open: at most one.
import { createSignal } from 'solid-js'

export type DialogName = 'palette' | 'shortcuts' | 'preferences' | 'about' | 'preview'
/** What a notebook asks for that costs something: the person decides. */
export type Question = { readonly title: string; readonly text: string; readonly act: string; readonly run: () => void }
export type Dialogs = ReturnType<typeof createDialogs>

export function createDialogs() {
  const [shown, setShown] = createSignal<DialogName | null>(null)
  const [link, setLink] = createSignal<string | null>(null) // an address a notebook asks to open
  const [question, setQuestion] = createSignal<Question | null>(null)
  return {
    shown,
    question,
    ask: (next: Question) => setQuestion((asked) => asked ?? next), // one at a time: a notebook cannot change what is asked
    closeQuestion: () => setQuestion(null),
    link,
    open: (name: DialogName) => setShown(name),
    close: () => setShown(null),
    askLink: (url: string) => setLink((asked) => asked ?? url),
    closeLink: () => setLink(null),
  }
}
