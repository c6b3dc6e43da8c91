// The notebook browser's calls: list, create, rename, duplicate, trash, restore.

import type { Notebook } from '#protocol/api.ts'
import type { NotebookId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { dominates, type Label } from '#protocol/policy/label.ts'
import { workspaceLabel } from '../data/standing.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import type { Principal } from '../seams/identity.ts'
import type { Share, StoredNotebook, Write } from '../seams/store.ts'
import { filesLabel, isCleared } from './beside.ts'
import { changed, type Desk, find, findTrashed } from './desk.ts'
import { copyFiles, type Seeing } from './files.ts'
import { bytesOf } from './folders.ts'
import { copyName, freeName, tidy } from './names.ts'
import { needRoomForOneMore } from './quota.ts'
import { may } from './rights.ts'
import { mustSee, readerOf } from './seen.ts'
import { type Checked, check, NEW_NOTEBOOK } from './source.ts'
import { trust } from './trust.ts'
import { view, viewAll } from './view.ts'
import { counts } from './visible.ts'

export type Query = { readonly search: string; readonly trash: boolean }

export async function list(desk: Desk, who: Principal, { search, trash }: Query): Promise<Notebook[]> {
  const deed = trash ? 'manage' : 'list'
  const wanted = search.normalize('NFKC').toLocaleLowerCase()
  const all = await desk.store.notebooks.list(trash)
  const found = all
    .filter((notebook) => may(who, notebook, deed, desk.now()))
    .filter((notebook) => notebook.name.normalize('NFKC').toLocaleLowerCase().includes(wanted))
  const seen = await viewAll(desk, who, found)
  return trash ? seen : seen.sort((one, other) => other.updated - one.updated) // by what they see, not by what is above it
}

export const get = async (desk: Desk, who: Principal, id: NotebookId): Promise<Notebook> =>
  view(desk, who, await findTrashed(desk, who, id, 'list'))

export type Making = { readonly name?: string | undefined; readonly source?: string | undefined }

/** A name that was asked for is taken or refused; one that was not is found. What a person brings counts as the workspace. */
export async function create(desk: Desk, who: Principal, making: Making): Promise<Notebook> {
  if (who.standing === 'none') throw refuse('not-found')
  const checked = check(making.source === undefined || making.source.trim() === '' ? NEW_NOTEBOOK : making.source)
  await needRoomForOneMore(desk, who.id, checked.bytes)
  const label = await workspaceLabel(desk)
  if (!dominates((await readerOf(desk, who.id)).clearance, label)) throw refuse('workspace-above')
  const brought = { checked, label, layout: null }
  await trust(desk, who.id, { source: checked.source, layout: null })
  if (making.name !== undefined) {
    const made = await make(desk, who, { ...brought, name: tidy(making.name), shares: [] })
    if (made === null) throw refuse('name-taken')
    return view(desk, who, made)
  }
  return view(desk, who, await makeFree(desk, who, 'Untitled', brought))
}

/** Of the version that they see, and as they count it; it is trusted as that is. With the files if they are theirs to see. */
export async function duplicate(desk: Desk, seeing: Seeing, who: Principal, id: NotebookId): Promise<Notebook> {
  const original = await find(desk, who, id, 'source')
  const { reader, version, content } = await mustSee(desk, who.id, original)
  const { bytes, cells } = version
  const along = (await isCleared(desk, { person: who.id }, await filesLabel(desk, id))) ? await bytesOf(desk, [id]) : 0
  await needRoomForOneMore(desk, who.id, bytes + along)
  const checked = { source: content.source, bytes, shape: { notebook: true, cells } }
  const copied = { checked, label: counts(reader, version), layout: content.layout }
  const copy = await makeFree(desk, who, copyName(original.name), copied)
  await copyFiles(desk, seeing, who, { from: id, to: copy.id })
  return view(desk, who, copy)
}

export async function rename(desk: Desk, who: Principal, id: NotebookId, name: string): Promise<Notebook> {
  const notebook = await find(desk, who, id, 'manage')
  const done = await desk.store.notebooks.rename(id, tidy(name), desk.now())
  if (done === 'name-taken') throw refuse('name-taken')
  if (done === 'absent') throw refuse('not-found')
  changed(desk, notebook)
  return get(desk, who, id)
}

/** The caller stops the kernels. */
export async function trash(desk: Desk, who: Principal, id: NotebookId): Promise<void> {
  const notebook = await findTrashed(desk, who, id, 'trash')
  await desk.store.notebooks.trash(id, desk.now())
  desk.leases.forget(id)
  changed(desk, notebook)
}

/** If the name was given away meanwhile, it comes back under the next free one. */
export async function restore(desk: Desk, who: Principal, id: NotebookId): Promise<Notebook> {
  const notebook = await findTrashed(desk, who, id, 'manage')
  if ((await desk.store.notebooks.restore(id)) === 'name-taken') {
    await desk.store.notebooks.rename(id, freeName(notebook.name, await namesOf(desk, notebook.author)), desk.now())
    await desk.store.notebooks.restore(id)
  }
  changed(desk, notebook)
  return get(desk, who, id)
}

type Begun = { readonly checked: Checked; readonly label: Label; readonly layout: string | null }
type Made = Begun & { readonly name: string; readonly shares: readonly Share[] }

/** Null: the author has a notebook of this name. */
export async function make(desk: Desk, author: Principal, made: Made): Promise<StoredNotebook | null> {
  const id = mint('n')
  const at = desk.now()
  const { source, bytes, shape } = made.checked
  const first: Write = {
    id: mint('v'),
    notebook: id,
    author: author.id,
    at,
    source,
    layout: made.layout,
    bytes,
    cells: shape.cells,
    label: made.label,
    sealed: true,
    coalesce: NOTEBOOK.versionEvery,
  }
  const notebook = { id, name: made.name, author: author.id, created: at, shares: made.shares }
  if ((await desk.store.notebooks.create(notebook, first)) === 'name-taken') return null
  changed(desk, notebook)
  return desk.store.notebooks.get(id)
}

/** Tries again where two tabs want the same free name at once; each round one of them gets it. */
async function makeFree(desk: Desk, who: Principal, base: string, begun: Begun): Promise<StoredNotebook> {
  for (let round = 0; round < 100; round++) {
    const name = freeName(base, await namesOf(desk, who.id))
    const made = await make(desk, who, { ...begun, name, shares: [] })
    if (made) return made
  }
  throw refuse('name-taken')
}

async function namesOf(desk: Desk, author: string): Promise<ReadonlySet<string>> {
  const all = await desk.store.notebooks.list(false)
  return new Set(all.filter((notebook) => notebook.author === author).map((notebook) => notebook.name))
}
