// Putting a text on the clipboard, and saying so for a moment.
import { type Accessor, createSignal, onCleanup } from 'solid-js'
import { sayRefused } from './notices.ts'

const SHOWN = 1_500 // ms that “copied” stands

export type Copy = { readonly copied: Accessor<boolean>; readonly copy: (text: string) => Promise<void> }

export function createCopy(): Copy {
  const [copied, setCopied] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      clearTimeout(timer)
      timer = setTimeout(() => setCopied(false), SHOWN)
    } catch {
      sayRefused(new Error('The browser did not let this page copy. Select the text and copy it yourself.'))
    }
  }
  return { copied, copy }
}
