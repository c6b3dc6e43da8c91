// The document seam over versions in the store: what a kernel starts with, and what its save command brought back.
import type { Refusal } from '#protocol/api.ts'
import type { NotebookId, PersonId, VersionId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { taintOf } from '../data/standing.ts'
import { Refused, refusal, refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import type { Access, Committed, Document, Materialised, Writer } from '../seams/document.ts'
import type { Content, StoredNotebook } from '../seams/store.ts'
import { account, type Desk } from './desk.ts'
import { store } from './drafts.ts'
import { mergeHeader, splitHeader } from './header.ts'
import { type Deed, may } from './rights.ts'
import { after, followsNewest, headOf, type Seen, seenBy, seenVersions } from './seen.ts'
import { type Checked, checkSaved, decodeSaved } from './source.ts'
import { tellSaved } from './tell.ts'
import { isTrusted, trust } from './trust.ts'
import { counts } from './visible.ts'

export const makeDocument = (desk: Desk): Document & Access => ({
  materialise: (notebook, person, preview) => materialise(desk, notebook, person, preview),
  commit: async (writer, source, layout) => {
    const label = await taintOf(desk, writer.kernel) // before it waits for its turn: a kernel that ends meanwhile loses its label
    return desk.serial(writer.notebook, () => commit(desk, writer, label, source, layout))
  },
  mayOpen: (notebook, person, mode) => mayOpen(desk, notebook, person, mode),
})

async function allowed(desk: Desk, id: NotebookId, person: PersonId, deed: Deed): Promise<StoredNotebook | null> {
  const who = desk.identity.find(person)
  const notebook = await desk.store.notebooks.get(id)
  return who && notebook && notebook.trashed === null && may(who, notebook, deed, desk.now()) ? notebook : null
}

/** Who edits goes on from the newest version, so it must be theirs; who reads gets the newest that is. */
async function mayOpen(desk: Desk, id: NotebookId, person: PersonId, mode: 'edit' | 'run'): Promise<boolean> {
  const notebook = await allowed(desk, id, person, mode === 'edit' ? 'edit' : 'open')
  if (notebook === null) return false
  return mode === 'edit' ? followsNewest(desk, person, notebook) : (await seenVersions(desk, person, id)).length > 0
}

async function materialise(desk: Desk, id: NotebookId, person: PersonId, preview?: Profile): Promise<Materialised | null> {
  const notebook = await allowed(desk, id, person, 'open')
  const seen = notebook && (await seenBy(desk, person, id, preview))
  if (!seen) return null
  const { reader, version, content } = seen
  return {
    name: notebook.name,
    source: splitHeader(content.source).body,
    layout: content.layout,
    label: counts(reader, version),
    trusted: await isTrusted(desk, person, content),
  }
}

async function commit(desk: Desk, writer: Writer, label: Label, bytes: Uint8Array, layout?: string | null): Promise<Committed> {
  const { notebook: id, person } = writer
  try {
    const editor = await allowed(desk, id, person, 'edit')
    const notebook = editor ?? (desk.leases.holder(id) === person ? await allowed(desk, id, person, 'open') : null)
    if (!notebook) throw refuse('not-found')
    const seen = await seenBy(desk, person, id)
    const checked = checkSaved(mergeHeader(headOf(seen), decodeSaved(bytes)))
    const next = layout === undefined ? (seen?.content.layout ?? null) : layout
    if (seen && checked.source === seen.content.source && next === seen.content.layout)
      return { type: 'unchanged', version: seen.version.id, at: desk.now() }
    const counted = after(seen, label)
    if (editor === null) return await draft(desk, writer, checked, counted, 'no-longer-editor')
    if (!(await followsNewest(desk, person, notebook))) return await draft(desk, writer, checked, counted, 'kept-below')
    if (desk.leases.sign(id, person) === 'lost') return await draft(desk, writer, checked, counted, 'not-the-editor')
    const version = await write(desk, notebook, person, checked, next, counted)
    if (writer.trusted) await follow(desk, person, { source: checked.source, layout: next }, seen, version)
    return { type: 'committed', version: version.id, at: version.at }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return refused(desk, id, person, error.refusal)
  }
}

async function write(
  desk: Desk,
  notebook: StoredNotebook,
  person: PersonId,
  checked: Checked,
  layout: string | null,
  label: Label,
): Promise<{ readonly id: VersionId; readonly at: number }> {
  const at = desk.now()
  const { source, bytes, shape } = checked
  const save = { id: mint('v'), notebook: notebook.id, author: person, at, source, layout, bytes, cells: shape.cells, label }
  const version = await desk.store.versions.write({ ...save, sealed: false, coalesce: NOTEBOOK.versionEvery })
  await tellSaved(desk, notebook, { version, at, begun: version.id === save.id })
  return { id: version.id, at }
}

/** What is saved from a trusted version is. */
async function follow(desk: Desk, person: PersonId, content: Content, seen: Seen | null, version: { readonly id: VersionId }) {
  const before = seen?.version.id === version.id ? seen.content : undefined
  await trust(desk, person, content, before)
}

/** What an editor had not saved when the lease went to somebody else is theirs, beside the document. */
async function draft(
  desk: Desk,
  { notebook: id, person, trusted }: Writer,
  checked: Checked,
  label: Label,
  why: 'kept-below' | 'not-the-editor' | 'no-longer-editor',
): Promise<Committed> {
  const holder = desk.leases.holder(id)
  const { id: kept } = await store(desk, id, person, checked, label)
  if (trusted) await trust(desk, person, { source: checked.source, layout: null })
  if (holder !== null && holder !== person)
    desk.events.publish([person], { type: 'lease-lost', notebook: id, to: account(desk, holder), draft: kept })
  return { type: 'drafted', draft: kept, refusal: noted(desk, id, person, refusal(why)) }
}

function refused(desk: Desk, notebook: NotebookId, person: PersonId, given: Refusal): Committed {
  desk.events.publish([person], { type: 'save-refused', notebook, message: given.message, id: given.id })
  return { type: 'refused', refusal: noted(desk, notebook, person, given) }
}

function noted(desk: Desk, notebook: NotebookId, person: PersonId, given: Refusal): Refusal {
  desk.log.info({ code: given.code, id: given.id, notebook, person }, 'save refused')
  return given
}
