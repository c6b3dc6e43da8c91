// marimo asks the browser what the system prefers; it must hear the shell's theme instead, and of its changes.
import { beforeEach, expect, test, vi } from 'vitest'

/** The system prefers light throughout, and knows one more query. */
class List extends EventTarget {
  readonly media: string
  constructor(media: string) {
    super()
    this.media = media
  }
  get matches(): boolean {
    return this.media === '(prefers-color-scheme: light)' || this.media === '(min-width: 1px)'
  }
}
class Change extends Event {
  readonly matches: boolean
  constructor(type: string, init: { matches: boolean }) {
    super(type)
    this.matches = init.matches
  }
}

const root = { style: { colorScheme: '' } }
let setTheme: (theme: 'light' | 'dark') => void

beforeEach(async () => {
  vi.resetModules()
  root.style.colorScheme = ''
  vi.stubGlobal('window', { matchMedia: (query: string) => new List(query) })
  vi.stubGlobal('document', { documentElement: root })
  vi.stubGlobal('MediaQueryListEvent', Change)
  const theme = await import('./theme.ts')
  theme.followTheme()
  setTheme = theme.setTheme
})

const ask = (query: string) => window.matchMedia(query)
const dark = () => ask('(prefers-color-scheme: dark)').matches

test('the shell’s theme is what the system prefers, whatever the system says', () => {
  expect([dark(), ask('(prefers-color-scheme: light)').matches]).toEqual([false, true])
  setTheme('dark')
  expect([dark(), ask('( prefers-color-scheme:light )').matches]).toEqual([true, false])
  expect(root.style.colorScheme).toBe('dark')
})

test('who asked before hears each change once, with the answer to their own question', () => {
  const heard: [string, boolean][] = []
  for (const theme of ['light', 'dark'])
    ask(`(prefers-color-scheme: ${theme})`).addEventListener('change', ({ matches }) => heard.push([theme, matches]))
  setTheme('dark')
  setTheme('dark')
  expect(heard).toEqual([
    ['light', false],
    ['dark', true],
  ])
  setTheme('light')
  expect(heard.slice(2)).toEqual([
    ['light', true],
    ['dark', false],
  ])
})

test('any other question is the browser’s to answer', () => {
  setTheme('dark')
  expect(ask('(min-width: 1px)').matches).toBe(true)
  expect(ask('(prefers-reduced-motion: reduce)').matches).toBe(false)
})
