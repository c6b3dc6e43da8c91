// The history of a notebook.
import type * as z from 'zod/mini'
import type { Version } from '#protocol/api.ts'
import type { NotebookId, VersionId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import type { Principal } from '../seams/identity.ts'
import type { Content, StoredVersion } from '../seams/store.ts'
import { account, type Desk, find } from './desk.ts'
import { tidy } from './names.ts'
import { needRoom } from './quota.ts'
import { shape } from './scan.ts'
import { findEditable, mustSee, readerOf, seenVersions } from './seen.ts'
import { tellSaved } from './tell.ts'
import { cleared } from './visible.ts'

const shown = (desk: Desk, { id, number, name, author, created, bytes }: StoredVersion): z.infer<typeof Version> => ({
  id,
  number,
  name,
  author: account(desk, author),
  created,
  bytes,
})

export async function source(desk: Desk, who: Principal, id: NotebookId): Promise<{ name: string; source: string }> {
  const notebook = await find(desk, who, id, 'source')
  const { content } = await mustSee(desk, who.id, notebook)
  return { name: notebook.name, source: content.source }
}

export async function versions(desk: Desk, who: Principal, id: NotebookId): Promise<z.infer<typeof Version>[]> {
  await find(desk, who, id, 'source')
  return (await seenVersions(desk, who.id, id)).map((version) => shown(desk, version))
}

export async function nameVersion(desk: Desk, who: Principal, id: NotebookId, name: string): Promise<z.infer<typeof Version>> {
  await findEditable(desk, who, id)
  const version = await desk.store.versions.name(id, tidy(name))
  if (!version) throw refuse('not-found')
  return shown(desk, version)
}

type Found = Content & { readonly label: Label }

/** A version of the notebook, or a draft of one's own: the ids are of one kind. */
export async function content(desk: Desk, who: Principal, id: NotebookId, version: VersionId): Promise<Content> {
  await find(desk, who, id, 'list')
  const draft = await draftOf(desk, who, id, version)
  if (draft) return draft
  await find(desk, who, id, 'source')
  const seen = (await seenVersions(desk, who.id, id)).some((one) => one.id === version)
  const found = seen ? await desk.store.versions.content(id, version) : null
  if (!found) throw refuse('not-found')
  return found
}

/** One that was released to them above their clearance they read, and do not put where others see it. */
async function restorable(desk: Desk, who: Principal, id: NotebookId, version: VersionId): Promise<Found> {
  const stored = (await seenVersions(desk, who.id, id)).find((one) => one.id === version)
  if (!stored) {
    const draft = await draftOf(desk, who, id, version)
    if (!draft) throw refuse('not-found')
    return draft
  }
  if (!cleared(await readerOf(desk, who.id), stored)) throw refuse('label-above')
  const found = await desk.store.versions.content(id, version)
  if (!found) throw refuse('not-found')
  return { ...found, label: stored.label }
}

async function draftOf(desk: Desk, who: Principal, id: NotebookId, version: VersionId): Promise<Found | null> {
  const draft = (await desk.store.drafts.list(id, who.id)).find((kept) => kept.id === version)
  if (!draft || !cleared(await readerOf(desk, who.id), draft)) return null
  return { source: draft.source, layout: null, label: draft.label }
}

/** Becomes the newest version, with its own label; what was newest stays in the history. Refused while somebody else is editing. */
export async function restoreVersion(
  desk: Desk,
  who: Principal,
  id: NotebookId,
  version: VersionId,
): Promise<z.infer<typeof Version>> {
  const notebook = await findEditable(desk, who, id)
  const { source: text, layout, label } = await restorable(desk, who, id, version)
  const holder = desk.leases.holder(id)
  if (holder !== null && holder !== who.id) throw refuse('being-edited', { who: account(desk, holder).name })
  await needRoom(desk, notebook.author, Buffer.byteLength(text))
  const at = desk.now()
  const written = await desk.store.versions.write({
    id: mint('v'),
    notebook: id,
    author: who.id,
    at,
    source: text,
    layout,
    bytes: Buffer.byteLength(text),
    cells: shape(text).cells,
    label,
    sealed: true,
    coalesce: NOTEBOOK.versionEvery,
  })
  await tellSaved(desk, notebook, { version: written, at, begun: true })
  return shown(desk, written)
}
