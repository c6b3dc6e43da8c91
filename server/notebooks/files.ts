// Files that people put beside a notebook, in a folder that kernels of whoever is cleared for all of them see read-only. Only this module
// writes there; it never follows a link, and a file appears under its name whole or not at all, once what it counts as is known.
import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join as path } from 'node:path'
import type { Readable } from 'node:stream'
import type * as z from 'zod/mini'
import type { File } from '#protocol/api.ts'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { dominates, join, type Label } from '#protocol/policy/label.ts'
import { sizeText } from '#protocol/size.ts'
import { workspaceLabel } from '../data/standing.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import { partsOf } from '../incoming.ts'
import type { Principal } from '../seams/identity.ts'
import { filesLabel, filesLabels, inTurn, isCleared, labelsOf, mustBeCleared, together } from './beside.ts'
import { type Desk, find } from './desk.ts'
import { folderOf, listed, listedFile, type OnDisk } from './folders.ts'
import { needRoom } from './quota.ts'
import { after, seenBy } from './seen.ts'

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** Kernels that have the files of a notebook in sight. */
export type Seeing = {
  /** What a person's live kernels of it count as; null: none lives. */
  read(person: PersonId, notebook: NotebookId): Promise<Label | null>
  /** In its turn, before the files count as this, which is more: resolves when each of them counts as it or has ended. */
  rise(notebook: NotebookId, label: Label): Promise<void>
}

type Listed = z.infer<typeof File>

export async function list(desk: Desk, who: Principal, id: NotebookId): Promise<Listed[]> {
  await find(desk, who, id, 'list')
  return inTurn(desk, id, async () => {
    const there = await listed(folderOf(desk, id))
    const labels = await labelsOf(desk, id, there)
    await mustBeCleared(desk, who.id, together(labels))
    return there.flatMap((file) => withLabel(file, labels.get(file.name)))
  })
}

const withLabel = (file: OnDisk, label: Label | undefined): Listed[] => (label === undefined ? [] : [{ ...file, label }])

/** `declared`: the length the client announces, refused before a byte is read. */
export type Upload = { readonly name: string; readonly declared: number; readonly bytes: Readable }

export async function put(desk: Desk, seeing: Seeing, who: Principal, id: NotebookId, upload: Upload): Promise<Listed> {
  const { author } = await find(desk, who, id, 'edit')
  const counts = () => countsAs(desk, seeing, who.id, id)
  const first = await counts() // before it waits for its turn: a kernel that ends meanwhile loses its label
  const { name, declared, bytes } = upload
  return desk.serial(`files ${id}`, async () => {
    await mustBeCleared(desk, who.id, join(await filesLabel(desk, id), first)) // before a byte is read
    const folder = await ready(desk, id)
    const others = (await listed(folder)).filter((file) => file.name !== name).reduce((sum, file) => sum + file.bytes, 0)
    check(declared, NOTEBOOK.uploads - others)
    await needRoom(desk, author, declared)
    return withPart(desk, async (part) => {
      const received = await receive(bytes, part, NOTEBOOK.uploads - others)
      if (declared === 0) await needRoom(desk, author, received) // its length was not announced
      const label = join(first, await counts()) // what is sent late may be of what was read meanwhile
      return inTurn(desk, id, () => appear(desk, seeing, who.id, id, { name, label, part }))
    })
  })
}

/** As a draft of this moment would; where no kernel lives that could have told them more, what they bring counts as the workspace. */
async function countsAs(desk: Desk, seeing: Seeing, person: PersonId, id: NotebookId): Promise<Label> {
  const read = await seeing.read(person, id)
  return after(await seenBy(desk, person, id), read ?? (await workspaceLabel(desk)))
}

type Part = { readonly name: string; readonly label: Label; readonly part: string }

/** In its turn. At each moment, and after a crash at any, what is there by the name counts as no less than it is. */
async function appear(
  desk: Desk,
  seeing: Seeing,
  person: PersonId,
  id: NotebookId,
  { name, label, part }: Part,
): Promise<Listed> {
  const labels = await filesLabels(desk, id)
  const [before, then] = [together(labels), together(new Map(labels).set(name, label))]
  await mustBeCleared(desk, person, join(before, then))
  if (!dominates(before, then)) await seeing.rise(id, then)
  const folder = await ready(desk, id)
  await desk.store.uploads.put(id, name, join(before, label))
  await rename(part, path(folder, name))
  await onDisk(folder)
  await desk.store.uploads.put(id, name, label)
  return { ...(await listedFile(folder, name)), label }
}

/** Kernels that have read it go on counting as it. */
export async function remove(desk: Desk, who: Principal, id: NotebookId, name: string): Promise<void> {
  await find(desk, who, id, 'edit')
  await inTurn(desk, id, async () => {
    await mustBeCleared(desk, who.id, await filesLabel(desk, id))
    const folder = folderOf(desk, id)
    if (!(await listed(folder)).some((file) => file.name === name)) throw refuse('not-found')
    await rm(path(folder, name), { force: true })
    await onDisk(folder)
    await desk.store.uploads.remove(id, name)
  })
}

type Copying = { readonly from: NotebookId; readonly to: NotebookId }

/** Each as it counts; whoever may not see them copies none. */
export async function copyFiles(desk: Desk, seeing: Seeing, who: Principal, { from, to }: Copying): Promise<void> {
  await inTurn(desk, from, async () => {
    const labels = await filesLabels(desk, from)
    if (!(await isCleared(desk, { person: who.id }, together(labels)))) return
    for (const [name, label] of labels) {
      await withPart(desk, async (part) => {
        await copyFile(path(folderOf(desk, from), name), part, constants.COPYFILE_EXCL)
        await inTurn(desk, to, () => appear(desk, seeing, who.id, to, { name, label, part }))
      })
    }
  })
}

/** What was renamed or removed there stays so, whatever is written elsewhere after it. */
async function onDisk(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY)
  await handle.sync().finally(() => handle.close())
}

/** Where no kernel sees it, on the disk of the files. */
async function withPart<T>({ uploads }: Pick<Desk, 'uploads'>, work: (part: string) => Promise<T>): Promise<T> {
  await mkdir(uploads, { recursive: true, mode: 0o755 })
  const part = path(uploads, `.${mint('e')}`)
  try {
    return await work(part)
  } finally {
    await rm(part, { force: true })
  }
}

/** Uploads that a killed gateway was receiving; those of before lay in the folders themselves. */
export async function sweepParts({ uploads }: Pick<Desk, 'uploads'>): Promise<void> {
  const inside = await readdir(uploads, { withFileTypes: true }).catch(() => [])
  const folders = inside.filter((entry) => entry.isDirectory()).map(({ name }) => path(uploads, name))
  for (const folder of [uploads, ...folders]) {
    const names = await readdir(folder).catch(() => [])
    await Promise.all(names.filter((name) => name.startsWith('.e_')).map((name) => rm(path(folder, name))))
  }
}

export const removeAll = (desk: Pick<Desk, 'uploads'>, notebook: NotebookId): Promise<void> =>
  rm(folderOf(desk, notebook), { recursive: true, force: true })

/** The folder, made if need be; one that is a link or anything else is not ours. */
async function ready(desk: Pick<Desk, 'uploads'>, notebook: NotebookId): Promise<string> {
  const folder = folderOf(desk, notebook)
  await mkdir(desk.uploads, { recursive: true, mode: 0o755 })
  await mkdir(folder, { mode: 0o755 }).catch(unlessExists)
  if (!(await lstat(folder)).isDirectory()) throw refuse('not-found')
  return folder
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

function check(bytes: number, room: number): void {
  if (bytes > NOTEBOOK.upload) throw refuse('file-too-big', { limit: sizeText(NOTEBOOK.upload) })
  if (bytes > room) throw refuse('files-full', { limit: sizeText(NOTEBOOK.uploads) })
}

async function receive(bytes: Readable, path: string, room: number): Promise<number> {
  const file = await open(path, NEW, 0o644)
  try {
    let received = 0
    for await (const chunk of partsOf(bytes)) {
      received += chunk.byteLength
      check(received, room)
      await file.writeFile(chunk)
    }
    await file.sync()
    return received
  } finally {
    await file.close()
  }
}
