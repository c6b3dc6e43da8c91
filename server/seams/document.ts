// The document: source at rest, and who may write it. One editor holds a lease now; a live document may take its place
// behind this seam. The multiplexer commits what marimo's save command returned and shows signs of life of editors.
import type { Refusal } from '#protocol/api.ts'
import type { KernelId, NotebookId, PersonId, VersionId } from '#protocol/ids.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'

/**
 * What a kernel is started with: the PEP 723 header is taken out, so nothing in it can configure marimo. `label`: what it counts with in
 * the hands of this person.
 */
export type Materialised = {
  readonly name: string
  readonly source: string
  readonly layout: string | null
  readonly label: Label
  readonly trusted: boolean // by this person, to run as them in a kernel that edits
}

/** Whose kernel writes, to which notebook, and whether it was started with what this person trusts: then what it writes is, too. */
export type Writer = {
  readonly kernel: KernelId
  readonly notebook: NotebookId
  readonly person: PersonId
  readonly trusted: boolean
}

export type Committed =
  | { readonly type: 'committed'; readonly version: VersionId; readonly at: number } // on the disk, fsynced
  | { readonly type: 'unchanged'; readonly version: VersionId; readonly at: number } // what is stored already
  | { readonly type: 'drafted'; readonly draft: VersionId; readonly refusal: Refusal } // not the editor any more: kept aside
  | { readonly type: 'refused'; readonly refusal: Refusal }

export interface Document {
  /** The newest version that this person sees, in a preview that such a reader sees too. Null: no such notebook, nothing this person may open, or no version for them. */
  materialise(notebook: NotebookId, person: PersonId, preview?: Profile): Promise<Materialised | null>
  /**
   * Stores the body that marimo wrote, with the stored header merged back, for a person who holds the lease and sees the newest
   * version; anybody else's body becomes a draft of theirs. It counts as all that the kernel had read when this was called. Idempotent. Publishes `saved`, `save-refused` or `lease-lost`.
   * `layout`: undefined leaves it as it is.
   */
  commit(writer: Writer, source: Uint8Array, layout?: string | null): Promise<Committed>
}

export interface Leases {
  holder(notebook: NotebookId): PersonId | null
  /**
   * A sign of life of an editor: call it when an edit channel opens and at each heartbeat of it. Takes a free lease back
   * (a laptop that slept). `lost`: somebody else is editing, close the channel with `leaseLost`.
   */
  sign(notebook: NotebookId, person: PersonId): 'held' | 'lost'
  /** The person stopped editing: the kernel was shut down or the editor closed. */
  release(notebook: NotebookId, person: PersonId): void
}

/** May this person still open this notebook in this way? Asked at each opening of a channel, and again when rights change. */
export interface Access {
  mayOpen(notebook: NotebookId, person: PersonId, mode: 'edit' | 'run'): Promise<boolean>
}
