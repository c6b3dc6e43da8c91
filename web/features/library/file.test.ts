import { expect, test } from 'vitest'
import { DOCUMENTS } from '#protocol/limits.ts'
import { refusal } from './file.ts'

test('a document up to the limit can be sent, a larger one is refused with the limit named', () => {
  expect(refusal({ name: 'a.PDF', size: DOCUMENTS.file })).toBeNull()
  expect(refusal({ name: 'a.md', size: DOCUMENTS.file + 1 })).toContain('8 MB at most')
})

test('a file of another kind is refused by its name', () => {
  for (const name of ['a.docx', 'pdf', 'a.pdf.exe']) expect(refusal({ name, size: 1 })).toContain(`“${name}” is not`)
})
