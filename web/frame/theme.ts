// marimo runs with the theme "system" and asks the browser what the system prefers. It is told the shell's theme, live.
import { on } from './port.ts'

export type Theme = 'light' | 'dark'

const QUERY = /^\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)$/
const asked = new Map<Theme, MediaQueryList[]>([
  ['light', []],
  ['dark', []],
])
let current: Theme = 'light'

export function followTheme(): void {
  const outer = window.matchMedia.bind(window)
  window.matchMedia = (query) => {
    const list = outer(query)
    const theme = QUERY.exec(query)?.[1] as Theme | undefined
    if (theme === undefined) return list
    asked.get(theme)?.push(list)
    return Object.defineProperty(list, 'matches', { get: () => current === theme })
  }
  on('theme', ({ theme }) => setTheme(theme))
}

export function setTheme(theme: Theme): void {
  document.documentElement.style.colorScheme = theme
  if (theme === current) return
  current = theme
  for (const [asking, lists] of asked)
    for (const list of lists)
      list.dispatchEvent(new MediaQueryListEvent('change', { media: list.media, matches: asking === theme }))
}
