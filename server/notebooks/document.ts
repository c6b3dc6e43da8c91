// The document seam over versions in the store: what a kernel starts with, and what its save command brought back.
import type { Refusal } from '#protocol/api.ts'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { Refused, refusal, refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import type { Access, Committed, Document, Materialised } from '../seams/document.ts'
import type { StoredNotebook } from '../seams/store.ts'
import { account, audience, type Desk } from './desk.ts'
import { store } from './drafts.ts'
import { mergeHeader, splitHeader } from './header.ts'
import { type Deed, may } from './rights.ts'
import { type Checked, checkSaved, decode } from './source.ts'

export const makeDocument = (desk: Desk): Document & Access => ({
  materialise: (notebook, person) => materialise(desk, notebook, person),
  commit: (notebook, person, source, layout) => desk.serial(notebook, () => commit(desk, notebook, person, source, layout)),
  mayOpen: async (notebook, person, mode) => (await allowed(desk, notebook, person, mode === 'edit' ? 'edit' : 'open')) !== null,
})

async function allowed(desk: Desk, id: NotebookId, person: PersonId, deed: Deed): Promise<StoredNotebook | null> {
  const who = desk.identity.find(person)
  const notebook = await desk.store.notebooks.get(id)
  return who && notebook && notebook.trashed === null && may(who, notebook, deed, desk.now()) ? notebook : null
}

async function materialise(desk: Desk, id: NotebookId, person: PersonId): Promise<Materialised | null> {
  const notebook = await allowed(desk, id, person, 'open')
  const head = notebook && (await desk.store.versions.head(id))
  if (!head) return null
  return { name: notebook.name, source: splitHeader(head.content.source).body, layout: head.content.layout }
}

async function commit(
  desk: Desk,
  id: NotebookId,
  person: PersonId,
  bytes: Uint8Array,
  layout?: string | null,
): Promise<Committed> {
  try {
    const editor = await allowed(desk, id, person, 'edit')
    const notebook = editor ?? (desk.leases.holder(id) === person ? await allowed(desk, id, person, 'open') : null)
    const head = notebook && (await desk.store.versions.head(id))
    if (!head) throw refuse('not-found')
    const checked = checkSaved(mergeHeader(splitHeader(head.content.source).head, decode(bytes)))
    const next = layout === undefined ? head.content.layout : layout
    if (checked.source === head.content.source && next === head.content.layout)
      return { type: 'unchanged', version: head.version.id, at: desk.now() }
    if (editor === null) return await kept(desk, id, person, checked, 'no-longer-editor')
    if (desk.leases.sign(id, person) === 'lost') return await draft(desk, id, person, checked)
    return await write(desk, notebook, person, checked, next)
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
): Promise<Committed> {
  const at = desk.now()
  const { source, bytes, shape } = checked
  const save = { id: mint('v'), notebook: notebook.id, author: person, at, source, layout, bytes, cells: shape.cells }
  const version = await desk.store.versions.write({ ...save, sealed: false, coalesce: NOTEBOOK.versionEvery })
  desk.events.publish(audience(desk, notebook), { type: 'saved', notebook: notebook.id, at, version: version.id })
  return { type: 'committed', version: version.id, at }
}

/** What an editor had not saved when the lease went to somebody else is theirs, beside the document. */
async function draft(desk: Desk, id: NotebookId, person: PersonId, checked: Checked): Promise<Committed> {
  const holder = desk.leases.holder(id)
  const drafted = await kept(desk, id, person, checked, 'not-the-editor')
  const { draft } = drafted
  if (holder !== null) desk.events.publish([person], { type: 'lease-lost', notebook: id, to: account(desk, holder), draft })
  return drafted
}

async function kept(
  desk: Desk,
  id: NotebookId,
  person: PersonId,
  checked: Checked,
  why: 'not-the-editor' | 'no-longer-editor',
): Promise<Extract<Committed, { type: 'drafted' }>> {
  const draft = await store(desk, id, person, checked)
  return { type: 'drafted', draft: draft.id, refusal: noted(desk, id, person, refusal(why)) }
}

function refused(desk: Desk, notebook: NotebookId, person: PersonId, given: Refusal): Committed {
  desk.events.publish([person], { type: 'save-refused', notebook, message: given.message, id: given.id })
  return { type: 'refused', refusal: noted(desk, notebook, person, given) }
}

function noted(desk: Desk, notebook: NotebookId, person: PersonId, given: Refusal): Refusal {
  desk.log.info({ code: given.code, id: given.id, notebook, person }, 'save refused')
  return given
}
