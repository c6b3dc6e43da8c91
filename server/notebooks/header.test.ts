import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeHeader, splitHeader } from './header.ts'

const BLOCK = '# /// script\n# [tool.marimo.runtime]\n# dotenv = ["x"]\n# ///\n'
const BODY = 'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    x = 1\n    return\n'

/** Pieces of files that meet the header in every order, with either line end. */
const piece = fc.constantFrom(
  BLOCK,
  BLOCK.replaceAll('\n', '\r\n'),
  '# /// script\n# ///\n',
  '# /// script\n',
  '# ///\n',
  '#!/usr/bin/env python\n',
  '# a comment\n',
  '"""a docstring\n# /// script\n# x\n# ///\n"""\n',
  '\n',
  '  \n',
  '\r\n',
  '\uFEFF',
  BODY,
  'x = """\n',
  'import marimo\n',
)
const source = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ maxLength: 200 }),
)

test('split and merged again, a source is what it was, byte for byte', () => {
  fc.assert(
    fc.property(source, (text) => {
      const { head, body } = splitHeader(text)
      expect(mergeHeader(head, body)).toBe(text)
    }),
    { numRuns: 2000 },
  )
})

test('nothing that marimo would read as a header is left before the code', () => {
  fc.assert(
    fc.property(source, (text) => {
      const { head, body } = splitHeader(text)
      if (head.length < 8) expect(splitHeader(body).head).toEqual([])
    }),
    { numRuns: 2000 },
  )
})

/** What marimo's writer makes of the blank lines between the header's comments and the code. */
const marimoWrites = (before: string) => `${before.trimEnd() === '' ? '' : `${before.trimEnd()}\n\n`}${BODY}`

test.each([
  ['at the top', '', BLOCK],
  ['below a shebang', '#!/usr/bin/env python\n', BLOCK],
  ['below comments and blank lines', '# Copyright\n\n', BLOCK],
  ['above more comments', '', `${BLOCK}\n`],
])('marimo’s own save keeps the header %s, save after save', (_, before, block) => {
  const written = `${before}${block}${BODY}`
  const { head, body } = splitHeader(written)
  expect(body).not.toContain('///')
  const once = mergeHeader(head, marimoWrites(before))
  expect(once).toBe(written)
  expect(mergeHeader(splitHeader(once).head, marimoWrites(before))).toBe(once)
})

test('a header that a kernel wrote is dropped; the stored one stays', () => {
  const { head } = splitHeader(BLOCK + BODY)
  const evil = '# /// script\n# [tool.marimo.mcp]\n# ///\n'
  expect(mergeHeader(head, evil + BODY)).toBe(BLOCK + BODY)
  expect(mergeHeader([], evil + BODY)).toBe(BODY)
})

test('what looks like a header inside a cell is the author’s text', () => {
  const text = `${BODY.replace('x = 1', 'x = """')}\n${BLOCK}"""\n`
  expect(splitHeader(text)).toEqual({ head: [], body: text })
})

test('5 MB of headers and of blanks take no time', () => {
  const began = performance.now()
  splitHeader('# /// script\n# x\n# ///\n'.repeat(200_000))
  splitHeader(`${' '.repeat(5_000_000)}\n${BLOCK}`)
  mergeHeader(splitHeader(`#\n${'\n'.repeat(2_000_000)}${BLOCK}${BODY}`).head, BODY)
  expect(performance.now() - began).toBeLessThan(10_000)
})
