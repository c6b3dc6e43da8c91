// How much one author may keep, and when the disk takes no more. Asked before anything is stored that a person asks for
// by name; a save is always taken, since what was written must not be lost.
import type { PersonId } from '#protocol/ids.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import { sizeText } from '#protocol/size.ts'
import { refuse } from '../errors.ts'
import type { Desk } from './desk.ts'
import { bytesOf } from './folders.ts'

/** Of whoever authored the notebook that grows. What is being uploaded meanwhile is not counted yet. */
export async function needRoom(desk: Desk, author: PersonId, bytes: number): Promise<void> {
  if (desk.free() - bytes < NOTEBOOK.reserve) throw refuse('disk-full', { limit: sizeText(NOTEBOOK.reserve) })
  const { ids, bytes: stored } = await desk.store.notebooks.stored(author)
  if (stored + (await bytesOf(desk, ids)) + bytes > NOTEBOOK.stored)
    throw refuse('author-full', { limit: sizeText(NOTEBOOK.stored) })
}

export async function needRoomForOneMore(desk: Desk, author: PersonId, bytes: number): Promise<void> {
  const { ids } = await desk.store.notebooks.stored(author)
  if (ids.length >= NOTEBOOK.perAuthor) throw refuse('too-many-notebooks', { limit: NOTEBOOK.perAuthor })
  await needRoom(desk, author, bytes)
}
