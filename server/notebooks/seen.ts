// What of a notebook's source somebody sees, looked up.
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { join, type Label, meet } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { subjectOf } from '../data/standing.ts'
import { type Refused, refuse } from '../errors.ts'
import type { Principal } from '../seams/identity.ts'
import type { Content, StoredNotebook, StoredVersion } from '../seams/store.ts'
import { account, audience, type Desk, find } from './desk.ts'
import { type Head, splitHeader } from './header.ts'
import { cleared, counts, newestFor, newestForBoth, type Reader, sees } from './visible.ts'

export async function readerOf(desk: Desk, person: PersonId): Promise<Reader> {
  return { person, clearance: (await subjectOf(desk, person)).clearance }
}

/** Everybody who sees the notebook in their list. */
export const readersOf = (desk: Desk, notebook: StoredNotebook): Promise<Reader[]> =>
  Promise.all(audience(desk, notebook).map((person) => readerOf(desk, person)))

/** The versions that this person sees, the newest first. */
export async function seenVersions(desk: Desk, person: PersonId, id: NotebookId): Promise<readonly StoredVersion[]> {
  const reader = await readerOf(desk, person)
  return (await desk.store.versions.list(id)).filter((version) => sees(reader, version))
}

export type Seen = { readonly reader: Reader; readonly version: StoredVersion; readonly content: Content }

/** The newest that is theirs, in a preview that of both; null: none is. */
export async function seenBy(desk: Desk, person: PersonId, id: NotebookId, preview?: Profile): Promise<Seen | null> {
  const own = await readerOf(desk, person)
  const versions = await desk.store.versions.list(id)
  const version = preview ? newestForBoth(own, preview, versions) : newestFor(own, versions)
  const reader = preview ? { person, clearance: meet(own.clearance, preview.clearance) } : own
  const content = version && (await desk.store.versions.content(id, version.id))
  return content ? { reader, version, content } : null
}

/** The header that a text of theirs is put under. */
export const headOf = (seen: Seen | null): Head => splitHeader(seen?.content.source ?? '').head

/** Header, layout and most of the text are what stood there: going on from it lowers nothing. */
export const after = (seen: Seen | null, label: Label): Label => (seen ? join(counts(seen.reader, seen.version), label) : label)

/** What is theirs, or a refusal that says whom to ask. */
export async function mustSee(desk: Desk, person: PersonId, notebook: StoredNotebook, preview?: Profile): Promise<Seen> {
  const seen = await seenBy(desk, person, notebook.id, preview)
  if (seen) return seen
  throw preview && (await seenBy(desk, person, notebook.id)) ? refuse('preview-above') : unseen(desk, notebook)
}

const unseen = (desk: Desk, { author }: StoredNotebook): Refused => refuse('version-above', { who: account(desk, author).name })

/** Of who may edit: is the newest version theirs, so that what they write goes on from it? */
export const followsNewest = async (desk: Desk, person: PersonId, notebook: StoredNotebook): Promise<boolean> =>
  cleared(await readerOf(desk, person), notebook)

export async function findEditable(desk: Desk, who: Principal, id: NotebookId): Promise<StoredNotebook> {
  const notebook = await find(desk, who, id, 'edit')
  if (!(await followsNewest(desk, who.id, notebook))) throw refuse('newest-above', { who: account(desk, notebook.author).name })
  return notebook
}
