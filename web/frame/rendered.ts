// Says once when the notebook is on the screen: the first cell's editor (edit), the first output or, where there is
// none, the settled page (run).
import { say } from './port.ts'

const SIGNS = {
  edit: '.cm-editor',
  run: '[data-testid="cell-output"] > *, .output > *, .output-area > *, [data-cell-id]',
} as const

export function reportRendered(mode: 'edit' | 'run'): void {
  const look = () => {
    if (document.querySelector(SIGNS[mode]) === null) return
    observer.disconnect()
    requestAnimationFrame(() => setTimeout(() => say({ type: 'rendered' }))) // after the paint
  }
  const observer = new MutationObserver(look)
  observer.observe(document.body, { childList: true, subtree: true })
  look()
}
