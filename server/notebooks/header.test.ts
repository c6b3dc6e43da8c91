import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cost, linear } from '../testing/cost.ts'
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

const MB = 1_000_000

test.each([
  ['headers', (bytes: number) => '# /// script\n# x\n# ///\n'.repeat(bytes / 23)],
  ['blanks before a header', (bytes: number) => `${' '.repeat(bytes)}\n${BLOCK}`],
  ['newlines after a header', (bytes: number) => `${BLOCK}${'\n'.repeat(bytes)}`],
  ['newlines before a header', (bytes: number) => `#\n${'\n'.repeat(bytes)}${BLOCK}${BODY}`],
  ['text below headers', (bytes: number) => `${BLOCK.repeat(8)}"""${'x\n'.repeat(bytes / 2)}"""\n${BODY}`],
  ['brackets below headers', (bytes: number) => `${BLOCK.repeat(8)}${'()\n'.repeat(bytes / 3)}${BODY}`],
])('%s up to 5 MB cost in proportion, split and merged', (_, make) => {
  const [small, large] = [make((5 * MB) / 16), make(5 * MB)]
  const work = (text: string) => () => mergeHeader(splitHeader(text).head, splitHeader(text).body)
  expect(linear(work(small), work(large))).toBe(true)
})

test('eight headers cost one pass, not eight', () => {
  const prefix = '()\n'.repeat(MB)
  const [one, eight] = [BLOCK, BLOCK.repeat(8)].map((blocks) => cost(() => splitHeader(`${blocks}${prefix}${BODY}`)))
  expect(eight).toBeLessThan(4 * (one ?? 0))
})
