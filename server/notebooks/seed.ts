// At the first start of a state, every notebook of a folder becomes one of Owner's, shared with the workspace for editing.
import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NOTEBOOK } from '#protocol/limits.ts'
import { workspaceLabel } from '../data/standing.ts'
import { Refused } from '../errors.ts'
import type { Principal } from '../seams/identity.ts'
import type { Desk } from './desk.ts'
import { make } from './library.ts'
import { nameFromFile } from './names.ts'
import { type Checked, check, decode } from './source.ts'
import { trust } from './trust.ts'

const SHARED = [{ with: 'workspace', right: 'edit', expires: null }] as const

export type Seeded = { readonly made: number; readonly skipped: readonly { readonly file: string; readonly code: string }[] }

/** Null: this state was seeded before. */
export async function seed(desk: Desk, author: Principal, folder: string): Promise<Seeded | null> {
  if (await desk.store.done('seed')) return null
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.py')).sort()
  if (files.length === 0) return { made: 0, skipped: [] } // not done: a later start may find some
  const skipped: { file: string; code: string }[] = []
  for (const file of files) {
    const code = await plant(desk, author, join(folder, file))
    if (code !== null) skipped.push({ file, code })
  }
  await desk.store.markDone('seed', desk.now()) // last: a start that was killed half-way seeds the rest
  return { made: files.length - skipped.length, skipped }
}

async function plant(desk: Desk, author: Principal, path: string): Promise<string | null> {
  try {
    const checked = await read(path)
    await trust(desk, 'everybody', { source: checked.source, layout: null }) // the operator's own
    const name = nameFromFile(basename(path, '.py'))
    const made =
      name && (await make(desk, author, { name, checked, label: await workspaceLabel(desk), layout: null, shares: SHARED }))
    return made ? null : 'name-taken'
  } catch (error) {
    return error instanceof Refused ? error.code : ((error as NodeJS.ErrnoException).code ?? 'unreadable')
  }
}

/** A link or FIFO in place of a notebook is refused at once, without waiting for a writer. */
async function read(path: string): Promise<Checked> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const info = await file.stat()
    if (!info.isFile()) throw Object.assign(new Error('not a file'), { code: 'not-a-file' })
    if (info.size > NOTEBOOK.source) return check(decode(new Uint8Array(NOTEBOOK.source + 1)))
    return check(decode(await file.readFile()))
  } finally {
    await file.close()
  }
}
