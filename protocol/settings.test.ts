import { expect, test } from 'vitest'
import { USER_CONFIG } from './marimo.ts'
import { EditorSettings, withSettings } from './settings.ts'

test('every setting that an editor may change is kept, but for the theme, which is the shell’s', () => {
  const kept = Object.fromEntries(
    Object.entries(EditorSettings.shape).map(([section, { def }]) => [section, Object.keys(def.innerType.shape).sort()]),
  )
  const allowed = Object.entries(USER_CONFIG).map(([section, keys]) => [section, keys.filter((key) => key !== 'theme').sort()])
  expect(kept).toEqual(Object.fromEntries(allowed))
})

test('what is not on the list is dropped', () => {
  const given = {
    display: { code_editor_font_size: 18, theme: 'dark', custom_css: ['x.css'] },
    ai: { open_ai: { api_key: 'k' } },
  }
  expect(EditorSettings.parse(given)).toEqual({ display: { code_editor_font_size: 18 } })
})

test.each([
  { display: { code_editor_font_size: 100_000 } },
  { display: { code_editor_font_size: '18' } },
  { keymap: { preset: 'emacs' } },
  { keymap: { overrides: { 'cell.run': 'x'.repeat(65) } } },
  { save: { autosave_delay: 1 } },
  { runtime: { default_csv_encoding: '<script>' } },
])('a value out of its range is refused: %j', (given) => {
  expect(EditorSettings.safeParse(given).success).toBe(false)
})

test('a change leaves what was set before, in its own section too', () => {
  const before = { display: { code_editor_font_size: 18 }, keymap: { preset: 'vim' as const } }
  expect(withSettings(before, { display: { cell_output: 'above' }, save: { format_on_save: true } })).toEqual({
    display: { code_editor_font_size: 18, cell_output: 'above' },
    keymap: { preset: 'vim' },
    save: { format_on_save: true },
  })
})
