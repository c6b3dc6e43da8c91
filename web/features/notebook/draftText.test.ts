import { expect, test } from 'vitest'
import { encodeText } from '#protocol/text.ts'
import { draftText } from './draftText.ts'

const STORED = `# kept above
import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    a = 1
    return
`
const command = (value: unknown) => encodeText(JSON.stringify(value))

test('a draft has the head of the stored notebook and the cells of the command, each with its name', () => {
  const text = draftText(command({ codes: ['import os', 'x = """\n  two\n"""', ''], names: ['setup', 'named', '_'] }), STORED)
  expect(text).toBe(`# kept above
import marimo

app = marimo.App(width="medium")


with app.setup:
    import os


@app.cell
def named():
    x = """
      two
    """
    return


@app.cell
def _():
    pass
    return

`)
})

test('a cell keeps what it hides and whether it is off', () => {
  const configs = [
    { hide_code: true, disabled: true },
    { hide_code: false, column: null },
  ]
  const text = draftText(command({ codes: ['1', '2'], names: ['_', '_'], configs }), STORED)
  expect(text).toContain('@app.cell(hide_code=True, disabled=True)\ndef _():\n    1\n')
  expect(text).toContain('@app.cell\ndef _():\n    2\n')
})

test('without a head to go by the draft is a notebook all the same; a name that is none is not written as code', () => {
  const text = draftText(command({ codes: ['1'], names: ['a b'] }), 'nothing of marimo')
  expect(text).toMatch(/^import marimo\n\napp = marimo\.App\(\)\n/)
  expect(text).toContain('def _():\n    1\n')
})

test('what is no save command is no draft', () => {
  expect(draftText(encodeText('not json'), STORED)).toBeNull()
  expect(draftText(command({ codes: 'a' }), STORED)).toBeNull()
})
