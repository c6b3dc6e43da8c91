// The theme in use: the person's choice, else the system's. The choice is also kept where theme.js finds it before paint.
import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js'

export type Choice = 'system' | 'light' | 'dark'
export type Theme = 'light' | 'dark'

export function createTheme() {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const [dark, setDark] = createSignal(query.matches)
  const [choice, setChoice] = createSignal<Choice>('system')
  const listen = (event: MediaQueryListEvent) => setDark(event.matches)
  query.addEventListener('change', listen)
  onCleanup(() => query.removeEventListener('change', listen))

  const theme: Accessor<Theme> = createMemo(() => {
    const wished = choice()
    if (wished !== 'system') return wished
    return dark() ? 'dark' : 'light'
  })

  function choose(next: Choice): void {
    setChoice(next)
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
    try {
      localStorage.setItem('scrydon.theme', next)
    } catch {
      // Refused storage: the next page begins with the system's theme.
    }
  }
  return { theme, choice, choose }
}
