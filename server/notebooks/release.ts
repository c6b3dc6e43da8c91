// Releasing the newest version to those a notebook is shared with, who need not be cleared for it: an act of a person in the shell, by who may share
// it and is cleared for it themselves.
import type { NotebookId } from '#protocol/ids.ts'
import type { Releasable, ShownVersion } from '#protocol/releases.ts'
import { refuse } from '../errors.ts'
import type { Principal } from '../seams/identity.ts'
import type { Content, Grantee, StoredNotebook, StoredVersion } from '../seams/store.ts'
import { constantsOf } from './constants.ts'
import { account, type Desk, find } from './desk.ts'
import { live } from './rights.ts'
import { readerOf, readersOf } from './seen.ts'
import { digestOf } from './trust.ts'
import { cleared, sees } from './visible.ts'

export type Newest = { readonly notebook: StoredNotebook; readonly version: StoredVersion; readonly content: Content }

export async function releasable(desk: Desk, who: Principal, id: NotebookId): Promise<Releasable> {
  const { notebook, version, content } = await newest(desk, who, id)
  return {
    version: version.id,
    digest: digestOf(content),
    label: version.label,
    waits: (await without(desk, notebook, version)).length > 0,
    ...constantsOf(content.source, content.layout ?? ''),
  }
}

/** To all with whom the notebook is shared. */
export const release = (desk: Desk, who: Principal, id: NotebookId, shown: ShownVersion): Promise<void> =>
  desk.serial(id, async () => {
    const found = await asShown(desk, who, id, shown)
    const grantees = live(found.notebook.shares, desk.now()).map((share) => share.with)
    await give(desk, who, found, grantees)
  })

/** What was shown, and nothing that was saved since. */
export async function asShown(desk: Desk, who: Principal, id: NotebookId, shown: ShownVersion): Promise<Newest> {
  const found = await newest(desk, who, id)
  if (found.version.id !== shown.version || digestOf(found.content) !== shown.digest) throw refuse('stale-edit')
  return found
}

/** `notebook`: with its shares as they are now. Where all who see it are cleared for the version there is nothing to give. */
export async function give(
  desk: Desk,
  who: Principal,
  { notebook, version }: Omit<Newest, 'content'>,
  to: readonly Grantee[],
): Promise<void> {
  const gain = (await without(desk, notebook, version)).filter((person) => to.includes('workspace') || to.includes(person))
  if (gain.length === 0) return
  const at = desk.now()
  if ((await desk.store.versions.release(version, to, who.id, at)) === 'stale') throw refuse('stale-edit')
  desk.events.publish(gain, { type: 'saved', notebook: notebook.id, at, version: version.id })
  desk.events.publish(gain, { type: 'notebooks-changed' })
}

async function newest(desk: Desk, who: Principal, id: NotebookId): Promise<Newest> {
  const notebook = await find(desk, who, id, 'manage')
  const head = await desk.store.versions.head(id)
  if (!head) throw refuse('not-found')
  if (!cleared(await readerOf(desk, who.id), head.version))
    throw refuse('newest-above', { who: account(desk, head.version.author).name })
  return { notebook, ...head }
}

/** Those it is shared with who do not see this version. */
async function without(desk: Desk, notebook: StoredNotebook, version: StoredVersion) {
  const readers = await readersOf(desk, notebook)
  return readers.filter((reader) => !sees(reader, version)).map(({ person }) => person)
}
