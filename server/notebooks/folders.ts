// The folders in which the files beside notebooks lie, one for each notebook, and what is in them.
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { NotebookId } from '#protocol/ids.ts'
import type { Desk } from './desk.ts'

/** `uploaded`: ms since 1970. */
export type OnDisk = { readonly name: string; readonly bytes: number; readonly uploaded: number }

export const folderOf = (desk: Pick<Desk, 'uploads'>, notebook: NotebookId) => join(desk.uploads, notebook)

/** Names that start with a dot are uploads under way; anything but a plain file is not shown and not served. */
export async function listed(folder: string): Promise<OnDisk[]> {
  const info = await lstat(folder).catch(() => null)
  if (!info?.isDirectory()) return []
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name)
  const files = await Promise.all(names.sort().map((name) => listedFile(folder, name).catch(unlessGone)))
  return files.flatMap((file) => file ?? [])
}

/** It was removed meanwhile. */
function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error
  return null
}

export async function listedFile(folder: string, name: string): Promise<OnDisk> {
  const { size, mtimeMs } = await lstat(join(folder, name))
  return { name, bytes: size, uploaded: Math.floor(mtimeMs) }
}

export async function bytesOf(desk: Pick<Desk, 'uploads'>, notebooks: readonly NotebookId[]): Promise<number> {
  const files = await Promise.all(notebooks.map((notebook) => listed(folderOf(desk, notebook))))
  return files.flat().reduce((sum, { bytes }) => sum + bytes, 0)
}
