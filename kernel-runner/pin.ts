// A kernel can replace any file of its own folder, its socket's name included, by a link to another kernel's socket.
// So the name is looked at once: without following links, a socket, of the expected owner. Later connects go to that very
// socket through its descriptor, which also removes the 108-byte limit of socket names.
import fs from 'node:fs'

const O_PATH = 0o10000000

export type Pinned = { readonly path: string; close(): void }

export function pinSocket(path: string, owner: number | null): Pinned {
  if (process.platform !== 'linux') return { path, close: () => {} }
  const fd = fs.openSync(path, O_PATH | fs.constants.O_NOFOLLOW)
  const stat = fs.fstatSync(fd)
  if (!stat.isSocket() || (owner !== null && stat.uid !== owner)) {
    fs.closeSync(fd)
    throw new Error('The kernel’s socket is not the one its sandbox made.')
  }
  return { path: `/proc/self/fd/${fd}`, close: () => fs.closeSync(fd) }
}
