// The files of artefacts, which the data plane writes (python/dataplane/keeping.py) and the gateway reads and removes. One file for each
// artefact, under its id: that two are alike is nobody's to find out.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, type ReadStream } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ArtefactId } from '#protocol/ids.ts'
import type { StoredArtefact } from '../seams/artefacts.ts'

export class Files {
  readonly #folder: string

  constructor(home: string) {
    this.#folder = join(home, 'artefacts')
  }

  /** Its bytes; null: the file is not there, or not as it was kept. */
  async open({ id, bytes, digest }: StoredArtefact): Promise<ReadStream | null> {
    const path = join(this.#folder, id)
    try {
      if ((await digestOf(path)) !== digest) return null
      const stream = createReadStream(path, { end: Math.max(0, bytes - 1) })
      await once(stream, 'open')
      return stream
    } catch (error) {
      if (isAbsent(error)) return null
      throw error
    }
  }

  /** The same bytes once more: they are whole again, whatever became of the former file. */
  async renew(id: ArtefactId, by: ArtefactId): Promise<void> {
    await rename(join(this.#folder, by), join(this.#folder, id))
  }

  async remove(id: ArtefactId): Promise<void> {
    await rm(join(this.#folder, id), { force: true })
  }

  /** Files that no artefact has: of saves that did not come into the book. `kept` says of which there is one, or will be. */
  async sweep(kept: (id: ArtefactId) => Promise<boolean>): Promise<void> {
    for (const name of await namesIn(this.#folder)) {
      const id = name.replace(/^\./, '') // one that is being written
      if (ArtefactId.safeParse(id).success && !(await kept(id))) await rm(join(this.#folder, name), { force: true })
    }
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(part as Buffer)
  return hash.digest('hex')
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'
