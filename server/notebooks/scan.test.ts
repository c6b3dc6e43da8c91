import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scan, shape } from './scan.ts'

const APP = 'import marimo\n\napp = marimo.App()\n'
const CELL = '\n\n@app.cell\ndef _():\n    x = 1\n    return\n'

test.each([
  ['no cells', APP, { notebook: true, cells: 0 }],
  ['two cells', APP + CELL + CELL, { notebook: true, cells: 2 }],
  ['options on a cell', `${APP}\n@app.cell(hide_code=True)\ndef _():\n    return\n`, { notebook: true, cells: 1 }],
  ['setup and function', `${APP}\nwith app.setup:\n    import os\n\n@app.function\ndef f(): ...\n`, { notebook: true, cells: 2 }],
  [
    'a cell marimo could not parse',
    `${APP}\napp._unparsable_cell(\n    r"""\n    x = (\n    """,\n)\n`,
    { notebook: true, cells: 1 },
  ],
  ['a cell inside a string', `${APP}\nx = """${CELL}"""\n`, { notebook: true, cells: 0 }],
  ['a cell in a comment', `${APP}\n# @app.cell\n`, { notebook: true, cells: 0 }],
  ['an open bracket', `${APP}${CELL}y = (1\n`, { notebook: true, cells: null }],
  ['a wrong bracket', `${APP}y = (1]\n`, { notebook: true, cells: null }],
  ['an open string', `${APP}y = "1\n`, { notebook: true, cells: null }],
  ['a script', 'print(1)\n', { notebook: false, cells: 0 }],
  ['nothing', '', { notebook: false, cells: 0 }],
  ['a mark at the start', `\uFEFF${APP}`, { notebook: true, cells: 0 }],
  ['marimo only in a docstring', '"""\nimport marimo\napp = marimo.App()\n"""\n', { notebook: false, cells: 0 }],
])('%s', (_, source, expected) => {
  expect(shape(source)).toMatchObject(expected)
})

test.each([
  ['escaped quotes', `x = 'it\\'s' + "a\\"b"\n`],
  ['raw strings', `x = r'\\' + 'y'\n`.replace("r'\\' + 'y'", "r'\\\\' + 'y'")],
  ['a continued string', `x = 'a\\\nb'\n`],
  ['a continued line', 'x = 1 + \\\n  2\n'],
  ['triple quotes within', `x = """a"b""c\\""""\n`],
  ['a quote in a comment', `# don't (\nx = 1\n`],
  ['f-strings with brackets', `x = f"{y[0]!r:>{w}} {{"\n`],
  ['CRLF and continuation', 'x = 1 + \\\r\n  2\r\n'],
])('valid Python is never called broken: %s', (_, source) => {
  expect(scan(source).broken).toBe(false)
})

test('it ends, on any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('"', "'", '\\', '\n', '(', ')', '#', ' ', 'x', '\r') }),
      (text) => void scan(text),
    ),
  )
})
