// A unix socket's name may have 108 bytes, and a state folder may lie deep. So the socket is looked at once, without
// following a link, and connects go to that very socket through its descriptor.
import fs from 'node:fs'
import { connect, type Socket } from 'node:net'

const O_PATH = 0o10000000

export type Pinned = { readonly path: string; close(): void }

export function pinSocket(path: string): Pinned {
  if (process.platform !== 'linux') return { path, close: () => {} }
  const fd = fs.openSync(path, O_PATH | fs.constants.O_NOFOLLOW)
  if (!fs.fstatSync(fd).isSocket()) {
    fs.closeSync(fd)
    throw new Error('The kernel’s socket is something else.')
  }
  let open = true
  const close = () => {
    if (open) fs.closeSync(fd) // once: its number may be another file's by now
    open = false
  }
  return { path: `/proc/self/fd/${fd}`, close }
}

/** Connects to a socket at a path of any length; null where there is none. */
export function connectPinned(path: string): Socket | null {
  const pinned = fs.existsSync(path) ? pinSocket(path) : null
  return pinned && connect(pinned.path).once('connect', pinned.close).once('error', pinned.close)
}
