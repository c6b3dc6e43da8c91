// Artefacts at rest: what is said of each. Their bytes are files beside the state (server/artefacts/files.ts), each under the
// artefact's id. Every change is a new version and writes its row of the audit in the same transaction.
import type { ArtefactId, KernelId, NotebookId, PersonId } from '#protocol/ids.ts'
import type { ArtefactKind } from '#protocol/library/artefacts.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Audience } from '#protocol/policy/policy.ts'
import type { Inputs } from './inputs.ts'

/** `inputs`: what its kernel had read. `save`: the library's id of the save. `digest`: SHA-256 of the file, hexadecimal. `at`: ms since 1970. */
export type NewArtefact = {
  readonly id: ArtefactId
  readonly kernel: KernelId
  readonly save: string
  readonly notebook: NotebookId
  readonly maker: PersonId
  readonly name: string
  readonly kind: ArtefactKind
  readonly bytes: number
  readonly digest: string
  readonly label: Label
  readonly inputs: Inputs
  readonly at: number
}
/** `released`: who may open it beside its maker, with the clearance for its label. `version` counts from 1. */
export type StoredArtefact = NewArtefact & { readonly released: readonly Audience[]; readonly version: number }

/** `onto`: the version that it was made from; refused where another is the newest. `reason`: the person's own words. */
export type Change = { readonly by: PersonId; readonly at: number; readonly onto: number; readonly reason: string }
export type Changed = { readonly ok: true; readonly version: number } | { readonly ok: false; readonly why: 'absent' | 'stale' }

export interface Artefacts {
  /**
   * Released to nobody. What it is refused for (ARTEFACT in protocol/limits.ts) leaves nothing behind. `again`: its maker keeps the same
   * under this name already, from the same notebook, with the same label and inputs; that one is what this save made, and no other.
   */
  add(artefact: NewArtefact): Promise<'added' | 'again' | 'too-many' | 'person-full' | 'workspace-full'>
  /** What a save of a kernel made. */
  saved(kernel: KernelId, save: string): Promise<StoredArtefact | null>
  get(id: ArtefactId): Promise<StoredArtefact | null>
  /** All, the newest first. Who may know of which is the caller's affair. */
  list(): Promise<readonly StoredArtefact[]>
  /** To these and nobody else. */
  release(id: ArtefactId, to: readonly Audience[], change: Change): Promise<Changed>
  relabel(id: ArtefactId, label: Label, change: Change): Promise<Changed>
  /** False: there is none. */
  remove(id: ArtefactId, by: PersonId, at: number): Promise<boolean>
}
