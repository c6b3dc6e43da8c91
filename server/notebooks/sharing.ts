// Sharing a notebook: with whom, as what, until when. Its author does; the workspace's owner sees it and takes it back.
import type * as z from 'zod/mini'
import type { Account } from '#protocol/api.ts'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import type { ShownVersion } from '#protocol/releases.ts'
import type { Grantee, Right, SharedNotebook, Shares } from '#protocol/shares.ts'
import { refuse } from '../errors.ts'
import type { Principal } from '../seams/identity.ts'
import type { StoredNotebook } from '../seams/store.ts'
import { account, audience, type Desk, find, sharesOf } from './desk.ts'
import { asShown, give } from './release.ts'
import { may } from './rights.ts'

export type Wish = {
  readonly with: readonly Grantee[]
  readonly right: Right
  readonly expires: number | null
  readonly onto: number
  readonly release?: ShownVersion | undefined
}

export const shares = async (desk: Desk, who: Principal, id: NotebookId): Promise<Shares> =>
  page(desk, who, await find(desk, who, id, 'unshare'))

/** What others share and this person may take back: for the workspace's owner all of it, by name. */
export async function othersShares(desk: Desk, who: Principal): Promise<SharedNotebook[]> {
  const theirs = (await desk.store.notebooks.list(false)).filter(
    (notebook) => notebook.author !== who.id && may(who, notebook, 'unshare', desk.now()),
  )
  return theirs
    .map((one) => ({
      notebook: { id: one.id, name: one.name },
      author: account(desk, one.author),
      shares: sharesOf(desk, one),
    }))
    .filter((one) => one.shares.length > 0)
    .sort((a, b) => a.notebook.name.localeCompare(b.notebook.name))
}

/** One press: the share, and the version that is released with it to those who are not cleared for it. */
export const share = (desk: Desk, who: Principal, id: NotebookId, wish: Wish): Promise<Shares> =>
  desk.serial(id, () => shareNow(desk, who, id, wish))

async function shareNow(desk: Desk, who: Principal, id: NotebookId, wish: Wish): Promise<Shares> {
  const notebook = await find(desk, who, id, 'manage')
  const { right, expires, onto } = wish
  if (expires !== null && expires <= desk.now()) throw refuse('share-over')
  const people = new Set<Grantee>(addable(desk, notebook).map((one) => one.id)).add('workspace')
  const wanted = [...new Set(wish.with)]
  if (!wanted.every((one) => people.has(one))) throw refuse('not-a-member')
  const given = wanted.map((one) => ({ with: one, right, expires }))
  const shown = wish.release && (await asShown(desk, who, id, wish.release)) // refused before anything is shared
  const done = await desk.store.notebooks.share(id, given, { by: who.id, at: desk.now(), onto })
  if (done !== 'shared') throw refuse(done === 'stale' ? 'stale-edit' : 'not-found')
  const shared = await desk.store.notebooks.get(id)
  if (shown && shared) await give(desk, who, { ...shown, notebook: shared }, wanted)
  return after(desk, who, notebook)
}

/** To take away needs no version: it is never wrong to have done it twice. */
export async function unshare(desk: Desk, who: Principal, id: NotebookId, grantee: Grantee): Promise<Shares> {
  const notebook = await find(desk, who, id, 'unshare')
  await desk.store.notebooks.unshare(id, grantee, who.id, desk.now())
  return after(desk, who, notebook)
}

/** Whoever gains or loses by it is told. */
async function after(desk: Desk, who: Principal, before: StoredNotebook): Promise<Shares> {
  const now = await desk.store.notebooks.get(before.id)
  if (!now) throw refuse('not-found')
  const told = new Set<PersonId>([...audience(desk, before), ...audience(desk, now)])
  desk.events.publish([...told], { type: 'notebooks-changed' })
  return page(desk, who, now)
}

const page = (desk: Desk, who: Principal, notebook: StoredNotebook): Shares => ({
  shares: sharesOf(desk, notebook),
  version: notebook.sharing,
  addable: may(who, notebook, 'manage', desk.now()) ? addable(desk, notebook) : null,
})

/** Members of the workspace, its auditors too, but for the author. */
const addable = (desk: Desk, { author }: StoredNotebook): z.infer<typeof Account>[] =>
  desk.identity
    .accounts()
    .filter(({ id, standing }) => standing !== 'none' && id !== author)
    .map(({ id }) => account(desk, id))
