// Who may do what to a notebook: one table, total. Nobody's standing opens what was not shared with them.
import type { Standing } from '#protocol/standings.ts'
import type { Principal } from '../seams/identity.ts'
import type { Share, StoredNotebook } from '../seams/store.ts'

export const RELATIONS = ['author', 'edit', 'view', 'owner', 'auditor'] as const
export type Relation = (typeof RELATIONS)[number]

export const DEEDS = ['catalogue', 'list', 'open', 'edit', 'source', 'manage', 'trash', 'unshare'] as const
export type Deed = (typeof DEEDS)[number]

/**
 * catalogue: name and author in the workspace's own list. list: in one's notebook browser. manage: share and rename. unshare: see its shares, and take them back.
 * source: read, download, duplicate, see versions; for "view" a courtesy the workspace may grant, off until it does.
 */
export const MAY: Record<Relation, Record<Deed, boolean>> = {
  author: { catalogue: true, list: true, open: true, edit: true, source: true, manage: true, trash: true, unshare: true },
  edit: { catalogue: true, list: true, open: true, edit: true, source: true, manage: false, trash: false, unshare: false },
  view: { catalogue: true, list: true, open: true, edit: false, source: false, manage: false, trash: false, unshare: false },
  owner: { catalogue: true, list: false, open: false, edit: false, source: false, manage: false, trash: true, unshare: true },
  auditor: { catalogue: true, list: false, open: false, edit: false, source: false, manage: false, trash: false, unshare: false },
}

const OF_STANDING: Record<Standing, readonly Relation[]> = { owner: ['owner'], member: [], auditor: ['auditor'], none: [] }

type Subject = Pick<StoredNotebook, 'author' | 'shares'>

/** Empty for who is not a member, whatever they authored or were given before. */
export function relations(who: Principal, notebook: Subject, now: number): readonly Relation[] {
  if (who.standing === 'none') return []
  const given = live(notebook.shares, now).flatMap((share) => (reaches(share, who) ? [share.right] : []))
  return [...(notebook.author === who.id ? (['author'] as const) : []), ...given, ...OF_STANDING[who.standing]]
}

/** Those that have not run out. */
export const live = (shares: readonly Share[], now: number): readonly Share[] =>
  shares.filter(({ expires }) => expires === null || expires > now)

const reaches = (share: Share, who: Principal) => share.with === 'workspace' || share.with === who.id

/** Is it somebody else's, and shared with this person by their name? */
export const byName = (who: Principal, { author, shares }: Subject, now: number): boolean =>
  who.standing !== 'none' && author !== who.id && live(shares, now).some((share) => share.with === who.id)

export const may = (who: Principal, notebook: Subject, deed: Deed, now: number): boolean =>
  relations(who, notebook, now).some((relation) => MAY[relation][deed])

/** The strongest of what opens a notebook; null: it is not for this person. */
export function strongest(who: Principal, notebook: Subject, now: number): 'author' | 'edit' | 'view' | null {
  const held = relations(who, notebook, now)
  return (['author', 'edit', 'view'] as const).find((relation) => held.includes(relation)) ?? null
}
