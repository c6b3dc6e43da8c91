// Saving as the shell asks for it, and the page held still once its kernel has gone.
import { on, say } from './port.ts'

const DIRTY = 'yellow' // the colour of marimo's save button while something is not saved
const READING = new Set(['PageUp', 'PageDown', 'Home', 'End', 'Tab', 'Escape', 'F6'])

export function answerSaves(): void {
  on('save', () => {
    const button = document.getElementById('save-button')
    if (button?.classList.contains(DIRTY)) button.click()
    else say({ type: 'unchanged' })
  })
  on('freeze', freeze)
}

/** Nothing is typed into a page that cannot save it. Reading on, selecting and copying stay. */
function freeze(): void {
  const stop = (event: Event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  for (const type of ['beforeinput', 'paste', 'cut', 'drop']) window.addEventListener(type, stop, { capture: true })
  window.addEventListener('keydown', (event) => !reads(event) && stop(event), { capture: true })
}

function reads({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (READING.has(key) || key.startsWith('Arrow')) return true
  return (ctrlKey || metaKey) && (key === 'c' || key === 'a' || key === 'f')
}
