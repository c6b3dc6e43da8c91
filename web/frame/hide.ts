// Takes out of sight what marimo offers and this platform refuses or does in the shell (protocol/marimo.ts, `hides`).
// Style rules only: marimo's elements stay, so its own code finds them.
import { EMPTIED, EXPLAINED, HIDDEN } from './hidden.ts'

const OUT_OF_SIGHT = 'display: none !important'

export function tidy(mode: 'edit' | 'run'): void {
  const style = document.createElement('style')
  style.title = 'marimo-hidden' // marimo copies sheets of this name into its shadow roots
  style.textContent = [
    `${HIDDEN.both.concat(HIDDEN[mode]).join(',\n')} { ${OUT_OF_SIGHT} }`,
    `${EMPTIED} { pointer-events: none }`,
    mode === 'run' ? explained() : '',
  ].join('\n')
  document.head.append(style)
}

function explained(): string {
  const { selector, words } = EXPLAINED
  return `${selector} { ${OUT_OF_SIGHT} } :has(> ${selector})::before { content: "${words}"; opacity: 0.7 }`
}
