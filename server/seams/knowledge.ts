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

/** What a question means: as a vector of length one, by that model. */
export type Meant = { readonly model: string; readonly vector: Float32Array }
/** `compared`: passages that may be seen and whose meaning was compared with the question's. */
export type Compared = { readonly found: readonly Found[]; readonly compared: number }

/** Passages of one document that follow each other, as an endpoint is sent them: each under the title. `first`: the place of the first. */
export type Batch = {
  readonly document: DocumentId
  readonly label: Label
  readonly by: PersonId // who added it
  readonly first: number
  readonly texts: readonly string[]
}

/** What passages mean, of one model at a time. It goes with its document. */
export interface Vectors {
  /** Forgets what is of another model, or of a document that `ceiling` does not dominate: for a start. */
  keep(model: string, ceiling: Label): Promise<void>
  forget(): Promise<void>
  /** Up to `most` passages that have none yet, of documents that `ceiling` dominates; null: there are none. */
  next(ceiling: Label, most: number): Promise<Batch | null>
  /**
   * `vectors`: one for each text; null: the endpoint takes none of them. `gone`: the document is not there any more. `unlike`: they
   * have another length than those that are kept, so these are not.
   */
  put(model: string, batch: Batch, vectors: readonly Float32Array[] | null): Promise<'kept' | 'gone' | 'unlike'>
}

export interface Knowledge {
  readonly vectors: Vectors
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
  /**
   * Passages that hold any of the words, and those whose vectors are nearest to the question's: both orders put together, best first.
   */
  hybrid(words: string, meant: Meant, clearance: Label, limit: number): Promise<Compared>
}
