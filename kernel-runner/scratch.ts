// How much a kernel has written into its folder. The folder is the kernel's: names change while they are read, links
// point anywhere. So nothing is followed or opened, and one walk looks at a bounded number of entries.
import fs from 'node:fs/promises'
import path from 'node:path'
import { WATCH } from './bounds.ts'

const BLOCK = 512

export async function folderBytes(root: string, most: number = WATCH.scratchEntries): Promise<number> {
  const waiting = [root]
  let bytes = 0
  let seen = 0
  for (let folder = waiting.pop(); folder !== undefined && seen < most; folder = waiting.pop()) {
    for (const entry of await fs.readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (seen >= most) break
      seen += 1
      const name = path.join(folder, entry.name)
      if (entry.isDirectory()) waiting.push(name)
      const stat = await fs.lstat(name).catch(() => null)
      if (stat) bytes += stat.blocks * BLOCK
    }
  }
  return bytes
}
