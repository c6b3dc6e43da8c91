// Files that people put beside a notebook, in a folder that every kernel of it sees read-only. Only this module writes
// there; it never follows a link, and a file appears under its name whole or not at all.
import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { NotebookId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import { partsOf } from '../incoming.ts'
import type { Principal } from '../seams/identity.ts'
import { type Desk, find } from './desk.ts'
import { folderOf, type Listed, listed, listedFile } from './folders.ts'
import { needRoom } from './quota.ts'

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export async function list(desk: Desk, who: Principal, id: NotebookId): Promise<Listed[]> {
  await find(desk, who, id, 'list')
  return listed(folderOf(desk, id))
}

/** `declared`: the length the client announces, refused before a byte is read. */
export type Upload = { readonly name: string; readonly declared: number; readonly bytes: Readable }

export async function put(desk: Desk, who: Principal, id: NotebookId, { name, declared, bytes }: Upload): Promise<Listed> {
  const { author } = await find(desk, who, id, 'edit')
  return desk.serial(`files ${id}`, async () => {
    const folder = await ready(desk, id)
    const others = (await listed(folder)).filter((file) => file.name !== name).reduce((sum, file) => sum + file.bytes, 0)
    check(declared, NOTEBOOK.uploads - others)
    await needRoom(desk, author, declared)
    const part = join(folder, `.${mint('e')}`)
    try {
      const received = await receive(bytes, part, NOTEBOOK.uploads - others)
      if (declared === 0) await needRoom(desk, author, received) // its length was not announced
      await rename(part, join(folder, name))
    } finally {
      await rm(part, { force: true })
    }
    return listedFile(folder, name)
  })
}

export async function remove(desk: Desk, who: Principal, id: NotebookId, name: string): Promise<void> {
  await find(desk, who, id, 'edit')
  const folder = folderOf(desk, id)
  if (!(await listed(folder)).some((file) => file.name === name)) throw refuse('not-found')
  await rm(join(folder, name), { force: true })
}

export async function copyFiles(desk: Desk, from: NotebookId, to: NotebookId): Promise<void> {
  const files = await listed(folderOf(desk, from))
  if (files.length === 0) return
  const folder = await ready(desk, to)
  for (const { name } of files) await copyFile(join(folderOf(desk, from), name), join(folder, name), constants.COPYFILE_EXCL)
}

/** Uploads that a killed gateway was receiving. */
export async function sweepParts({ uploads }: Pick<Desk, 'uploads'>): Promise<void> {
  const folders = await readdir(uploads, { withFileTypes: true }).catch(() => [])
  for (const folder of folders.filter((entry) => entry.isDirectory())) {
    const names = await readdir(join(uploads, folder.name))
    await Promise.all(names.filter((name) => name.startsWith('.e_')).map((name) => rm(join(uploads, folder.name, name))))
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
