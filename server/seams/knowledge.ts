// The library at rest: documents, cut into passages, and what of them answers a search. Clearance is part of every question:
// what is above it is not there, and has no part in what is found, in its order or in how much of it there is.
import type { DocumentId, PersonId } from '#protocol/ids.ts'
import type { Label } from '#protocol/policy/label.ts'

/** `source`: the name of the file; `by`: who added it; `at`: ms since 1970; `bytes`: of the file. */
export type NewDocument = {
  readonly id: DocumentId
  readonly title: string
  readonly source: string
  readonly label: Label
  readonly by: PersonId
  readonly at: number
  readonly bytes: number
}
/** `passages`: how many. */
export type StoredDocument = NewDocument & { readonly passages: number }

/** A passage, and the document that it stands in. */
export type Found = {
  readonly document: DocumentId
  readonly title: string
  readonly source: string
  readonly label: Label
  readonly passage: string
}

export interface Knowledge {
  /** By title. */
  documents(clearance: Label): Promise<readonly StoredDocument[]>
  /** Null: there is none, or none for that clearance. */
  document(id: DocumentId, clearance: Label): Promise<StoredDocument | null>
  /** With its row of the audit. What it is refused for (DOCUMENTS in protocol/limits.ts) leaves nothing behind. */
  add(document: NewDocument, passages: readonly string[]): Promise<'added' | 'too-many-documents' | 'too-many-passages'>
  /** With its row of the audit; false: there is none. */
  remove(id: DocumentId, by: PersonId, at: number): Promise<boolean>
  /**
   * Passages that hold any of the words, best first: `limit` of them if that many may be seen. The words are a person's own:
   * any text, of which letters and digits count and nothing has a meaning of its own.
   */
  search(words: string, clearance: Label, limit: number): Promise<readonly Found[]>
}
