import { expect, test } from 'vitest'
import { NotebookName } from '#protocol/api.ts'
import { fitted, readNotebook } from './importing.ts'

test('a notebook is named by its stem and read as written', async () => {
  const source = '\uFEFFimport marimo\r\n# é\n'
  expect(await readNotebook(new File([source], 'flight delays.py'))).toEqual({ ok: true, name: 'flight delays', source })
})

test('what is not Python, not UTF-8 or too large is refused by name', async () => {
  const wrong = await readNotebook(new File(['{}'], 'a.ipynb'))
  const bytes = await readNotebook(new File([new Uint8Array([0xff, 0xfe, 0x00])], 'b.py'))
  const large = await readNotebook({
    name: 'c.py',
    size: 5 * 1024 * 1024 + 1,
    arrayBuffer: () => Promise.reject(new Error('read')),
  })
  for (const [answer, part] of [
    [wrong, 'not a .py'],
    [bytes, 'not UTF-8'],
    [large, '5 MB'],
  ] as const) {
    expect(answer.ok).toBe(false)
    expect(!answer.ok && answer.message).toContain(part)
  }
})

test.each([
  ['a\tb\\c\u0000.py', 'a b c'],
  ['  .py', 'notebook'],
  [`${'x'.repeat(199)}\u{1f33c}.py`, 'x'.repeat(199)],
])('a file’s name becomes one that a notebook may have: %j', async (file, name) => {
  const read = await readNotebook({ name: file, size: 1, arrayBuffer: async () => new ArrayBuffer() })
  expect(read).toEqual({ ok: true, name, source: '' })
  expect(NotebookName.safeParse(name).success).toBe(true)
})

test('a number finds its place in the longest name', () => {
  expect(fitted('x'.repeat(200), ' 2')).toBe(`${'x'.repeat(198)} 2`)
})
