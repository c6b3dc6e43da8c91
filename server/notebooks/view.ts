// What the notebook browser says of a notebook: of its source only facts of the version that the person sees.
import type { Notebook } from '#protocol/api.ts'
import type { Principal } from '../seams/identity.ts'
import type { StoredNotebook } from '../seams/store.ts'
import { account, type Desk, sharesOf } from './desk.ts'
import { byName, may, strongest } from './rights.ts'
import { readerOf } from './seen.ts'
import { cleared, newestFor, type Reader } from './visible.ts'

export const view = async (desk: Desk, who: Principal, notebook: StoredNotebook): Promise<Notebook> =>
  viewFor(desk, who, await readerOf(desk, who.id), notebook)

export async function viewAll(desk: Desk, who: Principal, notebooks: readonly StoredNotebook[]): Promise<Notebook[]> {
  const reader = await readerOf(desk, who.id)
  return Promise.all(notebooks.map((notebook) => viewFor(desk, who, reader, notebook)))
}

async function viewFor(desk: Desk, who: Principal, reader: Reader, notebook: StoredNotebook): Promise<Notebook> {
  const { id, name, trashed } = notebook
  const holder = desk.leases.holder(id)
  return {
    id,
    name,
    author: account(desk, notebook.author),
    mine: notebook.author === who.id,
    rights: strongest(who, notebook, desk.now()) ?? 'view',
    ...(await factsFor(desk, reader, notebook)),
    editor: holder === null ? null : { person: holder, name: account(desk, holder).name },
    trashed,
    named: byName(who, notebook, desk.now()),
    shares: may(who, notebook, 'unshare', desk.now()) ? sharesOf(desk, notebook) : null,
  }
}

type Facts = Pick<Notebook, 'updated' | 'bytes' | 'cells' | 'sees'>

async function factsFor(desk: Desk, reader: Reader, notebook: StoredNotebook): Promise<Facts> {
  const { id, created, updated, bytes, cells } = notebook
  if (cleared(reader, notebook)) return { updated, bytes, cells, sees: 'newest' }
  const versions = await desk.store.versions.list(id)
  const version = newestFor(reader, versions)
  if (version === null) return { updated: created, bytes: 0, cells: null, sees: 'none' }
  const sees = version === versions[0] ? 'released' : 'older'
  return { updated: version.created, bytes: version.bytes, cells: version.cells, sees }
}
