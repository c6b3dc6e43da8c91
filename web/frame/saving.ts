// Saving as the shell asks for it, and the page held still once its kernel has gone.
import { on, say } from './port.ts'

const SAVE = '/api/kernel/save'
const DIRTY = 'yellow' // the colour of marimo's save button while something is not saved
const WORK = ['keydown', 'input', 'paste', 'drop', 'pointerup']
const LATELY = 1_000 // ms a busy page may take to draw that colour
const READING = new Set(['PageUp', 'PageDown', 'Home', 'End', 'Tab', 'Escape', 'F6'])

let worked = Number.NEGATIVE_INFINITY // when somebody did something in the page
let kept = Number.NEGATIVE_INFINITY // when the newest save that was taken was sent
let answered = Number.NEGATIVE_INFINITY // and when it was taken

export function answerSaves(): void {
  const note = () => {
    worked = performance.now()
  }
  for (const type of WORK) window.addEventListener(type, note, { capture: true, passive: true })
  on('save', () => {
    const button = document.getElementById('save-button')
    if (button && isUnsaved(button)) button.click()
    else say({ type: 'unchanged' })
  })
  on('freeze', freeze)
}

/** Call it as a request is sent, and what it answers with the status of the answer. */
export function noticeSave(path: string): (status: number) => void {
  const sent = performance.now()
  return (status) => {
    if (path === SAVE && status === 200) [kept, answered] = [sent, performance.now()]
  }
}

/** marimo saves what is in its state. Its colour follows a moment later: until then what was done since the newest save counts. */
function isUnsaved(button: HTMLElement): boolean {
  const drawn = performance.now() - Math.max(worked, answered) > LATELY
  return drawn ? button.classList.contains(DIRTY) : worked > kept
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
