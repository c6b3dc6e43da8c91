// How much a kernel takes of the disk: what its folder holds, and files without a name that its processes keep open. The folder
// is the kernel's: names change while they are read and need not be text, links point anywhere, paths grow longer than a
// path may be. So each folder is opened below the one before it, never through a link, and what it holds is named through
// its descriptor. What is more than one walk looks at counts as over any limit.
import fs from 'node:fs/promises'
import { WATCH } from '../../bounds.ts'

const BLOCK = 512
const DEPTH = 64 // folders within folders
const FOLDER = fs.constants.O_RDONLY | fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK
const UNREADABLE = new Set(['EACCES', 'EPERM'])

type Tally = { bytes: number; left: number }

/** Infinity: more entries, or deeper, than may be looked at, or closed to us. */
export async function folderBytes(root: string, most: number = WATCH.scratchEntries): Promise<number> {
  const tally = { bytes: 0, left: most }
  return (await addFolder(root, tally, DEPTH)) ? tally.bytes : Number.POSITIVE_INFINITY
}

async function addFolder(name: string | Buffer, tally: Tally, depth: number): Promise<boolean> {
  const folder = await fs.open(name, FOLDER).catch(codeOf)
  if (typeof folder === 'string') return !UNREADABLE.has(folder) // else it has gone, or is a link by now
  try {
    const inside = process.platform === 'linux' ? `/proc/self/fd/${folder.fd}/` : `${name}/`
    for await (const entry of await fs.opendir(inside, { encoding: 'buffer' as BufferEncoding })) {
      tally.left -= 1
      if (tally.left < 0 || depth === 0) return false
      const path = Buffer.concat([Buffer.from(inside), entry.name as unknown as Buffer])
      tally.bytes += ((await fs.lstat(path).catch(() => null))?.blocks ?? 0) * BLOCK
      if (entry.isDirectory() && !(await addFolder(path, tally, depth - 1))) return false
    }
    return true
  } finally {
    await folder.close()
  }
}

const codeOf = (error: NodeJS.ErrnoException): string => error.code ?? ''

/** What these processes hold open on the device of `home` and no folder names any more. Infinity: too much to look at. */
export async function namelessBytes(pids: readonly number[], home: string, most: number = WATCH.scratchEntries): Promise<number> {
  const device = (await fs.stat(home).catch(() => null))?.dev
  const found = new Map<number, number>() // inode -> bytes: several may hold one file
  let left = most
  for (const pid of pids) {
    for (const fd of await fs.readdir(`/proc/${pid}/fd`).catch(() => [])) {
      left -= 1
      if (left < 0) return Number.POSITIVE_INFINITY
      const stat = await fs.stat(`/proc/${pid}/fd/${fd}`).catch(() => null)
      if (stat?.nlink === 0 && stat.dev === device) found.set(stat.ino, stat.blocks * BLOCK)
    }
  }
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0)
}

/** What these processes, and those they have waited for, have sent to disks so far. */
export async function writtenBytes(pids: readonly number[]): Promise<number> {
  const texts = await Promise.all(pids.map((pid) => fs.readFile(`/proc/${pid}/io`, 'latin1').catch(() => '')))
  return texts.reduce((sum, text) => sum + Number(/^write_bytes: (\d+)/m.exec(text)?.[1] ?? 0), 0)
}
