// What every function on notebooks works with, and the two questions all of them ask first: whose notebook, and may they.
import type * as z from 'zod/mini'
import type { Account, Share } from '#protocol/api.ts'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { refuse } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Events } from '../seams/events.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { Store, StoredNotebook } from '../seams/store.ts'
import type { Serial } from '../serial.ts'
import type { LeaseKeeper } from './leases.ts'
import { type Deed, live, may, relations } from './rights.ts'

export type Desk = {
  readonly store: Store
  readonly identity: Identity
  readonly events: Events
  readonly leases: LeaseKeeper
  readonly serial: Serial
  readonly now: () => number
  readonly log: Log
  readonly free: () => number // bytes left on the disk of the state
  readonly uploads: string // folder of all notebooks' files
}

export const account = (desk: Pick<Desk, 'identity'>, person: PersonId): z.infer<typeof Account> => ({
  id: person,
  name: desk.identity.find(person)?.name ?? 'Somebody who left',
})

/** Answers the same for what does not exist and what is not for this person. */
export async function find(desk: Desk, who: Principal, id: NotebookId, deed: Deed): Promise<StoredNotebook> {
  const notebook = await findTrashed(desk, who, id, deed)
  if (notebook.trashed !== null) throw refuse(may(who, notebook, 'manage', desk.now()) ? 'in-trash' : 'not-found')
  return notebook
}

/** The same for a notebook that may be in the trash, where it is nothing to those who only read or edited it. */
export async function findTrashed(desk: Desk, who: Principal, id: NotebookId, deed: Deed): Promise<StoredNotebook> {
  const notebook = await desk.store.notebooks.get(id)
  if (!notebook || relations(who, notebook, desk.now()).length === 0) throw refuse('not-found')
  if (notebook.trashed !== null && !may(who, notebook, 'trash', desk.now())) throw refuse('not-found')
  if (!may(who, notebook, deed, desk.now())) throw refuse('forbidden')
  return notebook
}

/** Those that have not run out. */
export const sharesOf = (desk: Desk, { shares }: Pick<StoredNotebook, 'shares'>): z.infer<typeof Share>[] =>
  live(shares, desk.now()).map(({ with: to, right, expires }) => ({
    person: to === 'workspace' ? null : account(desk, to),
    right,
    expires,
  }))

/** Everybody who sees this notebook in their list: who its events are for. */
export const audience = (
  desk: Desk,
  notebook: Pick<StoredNotebook, 'author' | 'shares'>,
  at: number = desk.now(),
): readonly PersonId[] =>
  desk.identity
    .accounts()
    .filter((who) => may(who, notebook, 'list', at))
    .map((who) => who.id)

export const changed = (desk: Desk, notebook: Pick<StoredNotebook, 'author' | 'shares'>): void =>
  desk.events.publish(audience(desk, notebook), { type: 'notebooks-changed' })
