// Takes out of sight what marimo offers and this platform refuses or does in the shell (protocol/marimo.ts, `hides`).
// Style rules only: marimo's elements stay, so its own code finds them.
import { HIDDEN } from './hidden.ts'

export function tidy(mode: 'edit' | 'run'): void {
  const style = document.createElement('style')
  style.title = 'marimo-hidden' // marimo copies sheets of this name into its shadow roots
  style.textContent = `${HIDDEN.both.concat(HIDDEN[mode]).join(',\n')} { display: none !important }`
  document.head.append(style)
}
