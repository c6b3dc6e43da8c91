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

const CONTROL = 'button, input, select, textarea, label, canvas, [role], [tabindex]'

/** Nothing is typed into a page that cannot save it, and no element is worked that nobody answers. Reading on, selecting and copying stay. */
function freeze(): void {
  const stop = (event: Event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  for (const type of ['beforeinput', 'paste', 'cut', 'drop']) window.addEventListener(type, stop, { capture: true })
  for (const type of ['pointerdown', 'mousedown', 'click', 'input', 'change'])
    window.addEventListener(type, (event) => isControl(event) && stop(event), { capture: true })
  window.addEventListener('keydown', (event) => !reads(event) && stop(event), { capture: true })
}

/** A part of one of marimo's elements that would be told to the kernel; their shadows are open. */
function isControl(event: Event): boolean {
  const path = event.composedPath().filter((each) => each instanceof Element)
  const element = path.findIndex(({ localName }) => localName === 'marimo-ui-element')
  return path.slice(0, element + 1).some((each) => each.matches(CONTROL))
}

function reads(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey } = event
  if (READING.has(key) || (key.startsWith('Arrow') && !isControl(event))) return true
  return (ctrlKey || metaKey) && (key === 'c' || key === 'a' || key === 'f')
}
