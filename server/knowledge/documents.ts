// The library for members: what is there for them, what they add, what they take away. A document that is above somebody's
// clearance is one that there is not, whatever their role.

import type { Readable } from 'node:stream'
import type * as z from 'zod/mini'
import type { Library, LibraryDocument } from '#protocol/api.ts'
import type { DocumentId, PersonId } from '#protocol/ids.ts'
import { DOCUMENTS, NOTEBOOK } from '#protocol/limits.ts'
import { dominates, type Label } from '#protocol/policy/label.ts'
import { sizeText } from '#protocol/size.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import { partsOf } from '../incoming.ts'
import { account, type Desk } from '../notebooks/desk.ts'
import type { Subject } from '../policy/subject.ts'
import type { Principal } from '../seams/identity.ts'
import type { StoredDocument } from '../seams/knowledge.ts'
import { counted } from '../text.ts'
import type { ReadPdf } from './pdf.ts'
import { checkName, readDocument } from './reading.ts'

export type Shelf = {
  readonly desk: Pick<Desk, 'store' | 'identity' | 'serial' | 'now' | 'free'>
  readonly subject: (person: PersonId) => Promise<Subject>
  readonly pdf: ReadPdf
}
/** `declared`: the length the client announces, refused before a byte is read. */
export type Incoming = { readonly name: string; readonly label: Label; readonly declared: number; readonly bytes: Readable }

export async function list(shelf: Shelf, who: Principal): Promise<z.infer<typeof Library>> {
  const { member, clearance } = await shelf.subject(who.id)
  if (!member) return { clearance: null, documents: [] }
  const documents = await shelf.desk.store.knowledge.documents(clearance)
  return { clearance, documents: documents.map((document) => view(shelf, who, document)) }
}

export async function add(shelf: Shelf, who: Principal, file: Incoming): Promise<z.infer<typeof LibraryDocument>> {
  const { member, clearance } = await shelf.subject(who.id)
  if (!member) throw refuse('not-found')
  checkName(file.name)
  if (!dominates(clearance, file.label)) throw refuse('above-clearance')
  return shelf.desk.serial(`library ${who.id}`, () => take(shelf, who, file)) // one person's files, one at a time in memory
}

async function take(shelf: Shelf, who: Principal, file: Incoming): Promise<z.infer<typeof LibraryDocument>> {
  const { desk, pdf } = shelf
  const bytes = await received(file)
  if (desk.free() - bytes.length < NOTEBOOK.reserve) throw refuse('disk-full', { limit: sizeText(NOTEBOOK.reserve) })
  const one: ReadPdf = (given) => desk.serial('pdf', () => pdf(given)) // each takes a process and its memory
  const { title, passages } = await readDocument(file.name, bytes, one)
  const document = { id: mint('d'), title, source: file.name, label: file.label, by: who.id, at: desk.now(), bytes: bytes.length }
  const done = await desk.store.knowledge.add(document, passages)
  if (done !== 'added') throw refuse('library-full', { limit: FULL[done] })
  return view(shelf, who, { ...document, passages: passages.length })
}

const FULL = {
  'too-many-documents': `${counted(DOCUMENTS.all)} documents`,
  'too-many-passages': `${counted(DOCUMENTS.passages)} passages`,
} as const

export async function remove({ desk, subject }: Shelf, who: Principal, id: DocumentId): Promise<void> {
  const { member, clearance } = await subject(who.id)
  const document = member ? await desk.store.knowledge.document(id, clearance) : null
  if (document === null) throw refuse('not-found')
  if (!mayRemove(who, document)) throw refuse('not-your-document')
  if (!(await desk.store.knowledge.remove(id, who.id, desk.now()))) throw refuse('not-found')
}

const mayRemove = (who: Principal, { by }: StoredDocument): boolean => by === who.id || who.standing === 'owner'

function view({ desk }: Shelf, who: Principal, document: StoredDocument): z.infer<typeof LibraryDocument> {
  const { id, title, source, label, by, at, bytes, passages } = document
  const removable = mayRemove(who, document)
  return { id, title, source, label, by: account(desk, by), added: at, bytes, passages, removable }
}

async function received({ declared, bytes }: Incoming): Promise<Buffer> {
  if (declared > DOCUMENTS.file) throw tooBig()
  const parts: Buffer[] = []
  let size = 0
  for await (const part of partsOf(bytes)) {
    size += part.length
    if (size > DOCUMENTS.file) throw tooBig()
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const tooBig = () => refuse('file-too-big', { limit: sizeText(DOCUMENTS.file) })
