// Drafts: what a person wrote and could not save, kept beside the document for them alone.
import type * as z from 'zod/mini'
import type { Draft } from '#protocol/api.ts'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { join, type Label } from '#protocol/policy/label.ts'
import { type KernelSpec, powersOf } from '#protocol/runner.ts'
import { taintOf, workspaceLabel } from '../data/standing.ts'
import { mint } from '../ids.ts'
import type { Principal } from '../seams/identity.ts'
import type { StoredDraft } from '../seams/store.ts'
import { account, type Desk, find } from './desk.ts'
import { mergeHeader } from './header.ts'
import { needRoom } from './quota.ts'
import { after, headOf, seenBy } from './seen.ts'
import { type Checked, check } from './source.ts'
import { trust } from './trust.ts'

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

/**
 * What no save could carry: the editor's channel or kernel was gone. Whoever may edit may keep one; no lease is needed. `kernel`: theirs
 * that edits the notebook, if it lives.
 */
export async function keepDraft(
  desk: Desk,
  who: Principal,
  id: NotebookId,
  source: string,
  kernel: KernelSpec | null,
): Promise<z.infer<typeof Draft>> {
  const { author } = await find(desk, who, id, 'edit')
  const seen = await seenBy(desk, who.id, id)
  const checked = check(mergeHeader(headOf(seen), source))
  await needRoom(desk, author, checked.bytes)
  const label = after(seen, kernel === null ? await mostRead(desk, who.id) : await taintOf(desk, kernel.id))
  if (kernel !== null && powersOf(kernel) === 'edit') await trust(desk, who.id, { source: checked.source, layout: null })
  return shown(desk, await desk.serial(id, () => store(desk, id, who.id, checked, label)))
}

/** What a kernel that is gone had read is not known any more: nothing above what its person was ever cleared for. */
async function mostRead(desk: Desk, person: PersonId): Promise<Label> {
  const history = await desk.store.governance.subjectHistory(person)
  return history.reduce((label, { value }) => join(label, value.clearance), await workspaceLabel(desk))
}

/** The newest of theirs, where it holds the same already. */
export async function store(
  desk: Desk,
  notebook: NotebookId,
  person: PersonId,
  { source, bytes }: Checked,
  label: Label,
): Promise<StoredDraft> {
  const [newest] = await desk.store.drafts.list(notebook, person)
  if (newest?.source === source) return newest
  const draft = { id: mint('v'), notebook, person, created: desk.now(), bytes, source, label }
  await desk.store.drafts.put(draft, KEPT)
  return draft
}
