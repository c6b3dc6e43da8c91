// How the gateway keeps the reader of PDFs in bounds; what it reads is tested beside it, in python/tests/test_pdf.py.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pdfReader } from './pdf.ts'
import { pdfOf } from './testing/pdf.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pdf-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** In the interpreter's place, a program that does this. */
function instead(script: string): string {
  const path = join(folder, 'python')
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return path
}

test('the text and the title of one', async () => {
  expect(await pdfReader(join(import.meta.dirname, '../../.venv/bin/python'))(pdfOf('A rule'))).toEqual({
    ok: true,
    title: '',
    text: 'A rule',
  })
})

test('one that takes too long is ended', async () => {
  const began = performance.now()
  expect(await pdfReader(instead('exec sleep 60'), 200)(pdfOf('A rule'))).toEqual({ ok: false, why: 'slow' })
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('what says too much, or something else, counts as a damaged file', async () => {
  for (const script of ['exec cat /dev/zero', 'exec echo nonsense', 'exec echo \'{"text": 5}\'', 'exec true'])
    expect([script, await pdfReader(instead(script))(pdfOf('A rule'))]).toEqual([script, { ok: false, why: 'damaged' }])
})

test('it is told nothing of this process', async () => {
  const { ok, ...said } = await pdfReader(
    instead('printf \'{"title": "%s", "text": "%s"}\' "$(env | grep -v -e ^PWD -e ^_ -e ^SHLVL)" "$(pwd)"'),
  )(pdfOf('x'))
  expect({ ok, ...said }).toEqual({ ok: true, title: '', text: '/' })
})

test('without an interpreter it is said', async () => {
  expect(await pdfReader(join(folder, 'nothing'))(pdfOf('A rule'))).toEqual({ ok: false, why: 'none' })
})
