// Drafts: what a person wrote and could not save, kept beside the document for them alone.
import type * as z from 'zod/mini'
import type { Draft } from '#protocol/api.ts'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import type { Principal } from '../seams/identity.ts'
import type { StoredDraft } from '../seams/store.ts'
import { account, type Desk, find } from './desk.ts'
import { mergeHeader, splitHeader } from './header.ts'
import { needRoom } from './quota.ts'
import { type Checked, check } from './source.ts'

const KEPT = 20 // of one person and notebook

const shown = (desk: Desk, { id, person, created, bytes }: StoredDraft): z.infer<typeof Draft> => ({
  id,
  person: account(desk, person),
  created,
  bytes,
})

export async function drafts(desk: Desk, who: Principal, id: NotebookId): Promise<z.infer<typeof Draft>[]> {
  await find(desk, who, id, 'list')
  return (await desk.store.drafts.list(id, who.id)).map((draft) => shown(desk, draft))
}

/** What no save could carry: the editor's channel or kernel was gone. Whoever may edit may keep one; no lease is needed. */
export async function keepDraft(desk: Desk, who: Principal, id: NotebookId, source: string): Promise<z.infer<typeof Draft>> {
  const { author } = await find(desk, who, id, 'edit')
  const head = await desk.store.versions.head(id)
  if (!head) throw refuse('not-found')
  const checked = check(mergeHeader(splitHeader(head.content.source).head, source))
  await needRoom(desk, author, checked.bytes)
  return shown(desk, await desk.serial(id, () => store(desk, id, who.id, checked)))
}

/** The newest of theirs, where it holds the same already. */
export async function store(
  desk: Desk,
  notebook: NotebookId,
  person: PersonId,
  { source, bytes }: Checked,
): Promise<StoredDraft> {
  const [newest] = await desk.store.drafts.list(notebook, person)
  if (newest?.source === source) return newest
  const draft = { id: mint('v'), notebook, person, created: desk.now(), bytes, source }
  await desk.store.drafts.put(draft, KEPT)
  return draft
}
