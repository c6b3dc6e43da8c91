import { expect, test } from 'vitest'
import { keysOf, SHORTCUTS, type Shortcut, shortcutOf } from './keys.ts'

/** "Ctrl+Shift+K" as the browser reports it. */
function press(keys: string) {
  const [key = '', ...held] = keys.split('+').reverse()
  const down = (name: string) => held.includes(name)
  return { key, ctrlKey: down('Ctrl'), metaKey: down('Meta'), altKey: down('Alt'), shiftKey: down('Shift') }
}

test.each<[string, Shortcut | null, Shortcut | null]>([
  // pressed, elsewhere, on a Mac
  ['Ctrl+k', 'palette', null],
  ['Meta+k', null, 'palette'],
  ['Ctrl+K', 'palette', null], // with Caps Lock
  ['Ctrl+Shift+K', null, null],
  ['Ctrl+Alt+k', null, null],
  ['Ctrl+Meta+k', null, null],
  ['k', null, null],
  ['Alt+PageDown', 'next', 'next'],
  ['Alt+PageUp', 'previous', 'previous'],
  ['PageDown', null, null],
  ['Ctrl+s', 'save', null],
  ['Ctrl+Shift+S', null, null],
  ['Meta+z', null, 'undo'],
  ['Ctrl+Shift+Z', null, null],
  ['F6', 'cross', 'cross'],
  ['Ctrl+F6', null, null],
  ['Ctrl+Shift+Escape', 'cross', null],
  ['Escape', null, null],
  ['?', 'list', 'list'],
  ['Shift+?', 'list', 'list'],
  ['Shift+/', 'search', 'search'], // where the slash needs Shift
  ['Ctrl+/', null, null],
  ['Alt+?', null, null],
])('%s: %s, on a Mac %s', (keys, elsewhere, mac) => {
  expect([shortcutOf(press(keys), false), shortcutOf(press(keys), true)]).toEqual([elsewhere, mac])
})

test('each is shown by the keys that do it', () => {
  for (const name of Object.keys(SHORTCUTS) as Shortcut[]) {
    expect(shortcutOf(press(keysOf(name, false).replaceAll(' ', '+')), false)).toBe(name)
    expect(shortcutOf(press(keysOf(name, true).replace('⌘', 'Meta+').replaceAll(' ', '+')), true)).toBe(name)
  }
  expect([keysOf('palette', false), keysOf('palette', true), keysOf('next', true)]).toEqual(['Ctrl K', '⌘K', 'Alt PageDown'])
})
