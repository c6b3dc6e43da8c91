// The history of a notebook.
import type * as z from 'zod/mini'
import type { Version } from '#protocol/api.ts'
import type { NotebookId, VersionId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import type { Principal } from '../seams/identity.ts'
import type { Content, StoredVersion } from '../seams/store.ts'
import { account, audience, type Desk, find } from './desk.ts'
import { tidy } from './names.ts'
import { needRoom } from './quota.ts'
import { shape } from './scan.ts'

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
  const head = await desk.store.versions.head(id)
  if (!head) throw refuse('not-found')
  return { name: notebook.name, source: head.content.source }
}

export async function versions(desk: Desk, who: Principal, id: NotebookId): Promise<z.infer<typeof Version>[]> {
  await find(desk, who, id, 'source')
  return (await desk.store.versions.list(id)).map((version) => shown(desk, version))
}

export async function nameVersion(desk: Desk, who: Principal, id: NotebookId, name: string): Promise<z.infer<typeof Version>> {
  await find(desk, who, id, 'edit')
  const version = await desk.store.versions.name(id, tidy(name))
  if (!version) throw refuse('not-found')
  return shown(desk, version)
}

/** A version of the notebook, or a draft of one's own: the ids are of one kind. */
export async function content(desk: Desk, who: Principal, id: NotebookId, version: VersionId): Promise<Content> {
  await find(desk, who, id, 'list')
  const draft = (await desk.store.drafts.list(id, who.id)).find((kept) => kept.id === version)
  if (draft) return { source: draft.source, layout: null }
  await find(desk, who, id, 'source')
  const found = await desk.store.versions.content(id, version)
  if (!found) throw refuse('not-found')
  return found
}

/** Becomes the newest version; what was newest stays in the history. Refused while somebody else is editing. */
export async function restoreVersion(
  desk: Desk,
  who: Principal,
  id: NotebookId,
  version: VersionId,
): Promise<z.infer<typeof Version>> {
  const notebook = await find(desk, who, id, 'edit')
  const { source: text, layout } = await content(desk, who, id, version)
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
    sealed: true,
    coalesce: NOTEBOOK.versionEvery,
  })
  desk.events.publish(audience(desk, notebook), { type: 'saved', notebook: id, at, version: written.id })
  return shown(desk, written)
}
