// What the handlers work with; composed in gateway.ts.
import type { NotebookId } from '#protocol/ids.ts'
import type { Config } from '../config.ts'
import type { Governed } from '../data/governed.ts'
import type { Beside } from '../kernels/beside.ts'
import type { Desk } from '../notebooks/desk.ts'
import type { Access, Document } from '../seams/document.ts'
import type { Kernels } from '../seams/kernels.ts'
import type { SignIn } from './sessions.ts'
import type { Where } from './where.ts'

export type Deps = {
  readonly config: Config
  readonly desk: Desk
  readonly document: Document & Access
  readonly kernels: Kernels
  readonly data: Governed
  readonly beside: Beside
  readonly signIn: SignIn
  /** After an edit of a notebook's shares: what it takes away ends, and when the next runs out is looked at. */
  shared(notebook: NotebookId): Promise<void>
  readonly versions: { readonly scrydon: string; readonly marimo: string }
  where(): Where
}
