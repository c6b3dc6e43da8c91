// A file that is added to the library, as a title and passages, or a refusal that says what is wrong with it.
import { extname } from 'node:path'
import { DOCUMENTS } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'
import { refuse } from '../errors.ts'
import { type Form, passagesOf, titleOf } from './passages.ts'
import type { PdfText, ReadPdf } from './pdf.ts'

const FORMS: Readonly<Record<string, Form | 'pdf'>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.txt': 'plain',
  '.pdf': 'pdf',
}
const TITLE = 200 // characters

export type Read = { readonly title: string; readonly passages: readonly string[] }

const formOf = (name: string) => FORMS[extname(name).toLowerCase()]

/** Before a byte of it is read. */
export function checkName(name: string): void {
  if (formOf(name) === undefined) throw refuse('not-a-document')
}

export async function readDocument(name: string, file: Uint8Array, pdf: ReadPdf): Promise<Read> {
  const form = formOf(name)
  if (form === undefined) throw refuse('not-a-document')
  const { title, text } = form === 'pdf' ? pdfText(await pdf(file)) : { title: null, text: decoded(file) }
  const passages = passagesOf(text, form === 'pdf' ? 'plain' : form)
  if (passages.length === 0) throw refuse('no-text')
  const named = title ?? (form === 'markdown' ? titleOf(text) : null)
  return { title: lined(named ?? '') || stem(name), passages }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function decoded(file: Uint8Array): string {
  if (file.byteLength > DOCUMENTS.text) throw tooLong()
  try {
    return decoder.decode(file)
  } catch {
    throw refuse('not-utf8')
  }
}

const tooLong = () => refuse('text-too-long', { limit: sizeText(DOCUMENTS.text) })

const REASONS = {
  encrypted: 'it is protected by a password',
  damaged: 'it is damaged, or asks for more memory than one may take',
  slow: `it was not read within ${DOCUMENTS.reading / 1000} seconds`,
  none: 'this server cannot read PDFs',
} as const

function pdfText(read: PdfText): { readonly title: string | null; readonly text: string } {
  if (read.ok) return read
  if (read.why === 'too-long') throw tooLong()
  throw refuse('unreadable-pdf', { reason: REASONS[read.why] })
}

/** On one line, without what does not print. */
function lined(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim()
  return [...line].slice(0, TITLE).join('')
}

const stem = (name: string): string => lined(name.slice(0, -extname(name).length).replace(/[-_]+/g, ' '))
