// Files that people put beside a notebook, in a folder that every kernel of it sees read-only. Only this module writes
// there; it never follows a link, and a file appears under its name whole or not at all.
import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type * as z from 'zod/mini'
import type { File } from '#protocol/api.ts'
import type { NotebookId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import type { Principal } from '../seams/identity.ts'
import { type Desk, find } from './desk.ts'
import { limitText } from './source.ts'

type Listed = z.infer<typeof File>
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

const folderOf = (desk: Pick<Desk, 'uploads'>, notebook: NotebookId) => join(desk.uploads, notebook)

export async function list(desk: Desk, who: Principal, id: NotebookId): Promise<Listed[]> {
  await find(desk, who, id, 'list')
  return listed(folderOf(desk, id))
}

/** `declared`: the length the client announces, refused before a byte is read. */
export type Upload = { readonly name: string; readonly declared: number; readonly bytes: Readable }

export async function put(desk: Desk, who: Principal, id: NotebookId, { name, declared, bytes }: Upload): Promise<Listed> {
  await find(desk, who, id, 'edit')
  return desk.serial(`files ${id}`, async () => {
    const folder = await ready(desk, id)
    const others = (await listed(folder)).filter((file) => file.name !== name).reduce((sum, file) => sum + file.bytes, 0)
    check(declared, NOTEBOOK.uploads - others)
    const part = join(folder, `.${mint('e')}`)
    try {
      await receive(bytes, part, NOTEBOOK.uploads - others)
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

/** Names that start with a dot are uploads under way; anything but a plain file is not shown and not served. */
async function listed(folder: string): Promise<Listed[]> {
  const info = await lstat(folder).catch(() => null)
  if (!info?.isDirectory()) return []
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name)
  return Promise.all(names.sort().map((name) => listedFile(folder, name)))
}

async function listedFile(folder: string, name: string): Promise<Listed> {
  const { size, mtimeMs } = await lstat(join(folder, name))
  return { name, bytes: size, uploaded: Math.floor(mtimeMs) }
}

function check(bytes: number, room: number): void {
  if (bytes > NOTEBOOK.upload) throw refuse('file-too-big', { limit: limitText(NOTEBOOK.upload) })
  if (bytes > room) throw refuse('files-full', { limit: limitText(NOTEBOOK.uploads) })
}

async function receive(bytes: Readable, path: string, room: number): Promise<void> {
  const file = await open(path, NEW, 0o644)
  try {
    let received = 0
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      received += chunk.byteLength
      check(received, room)
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}
