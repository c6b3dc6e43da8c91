// A listening socket for one kernel, in the folder that its sandbox shows and no other. A socket's name may have 108 bytes: the
// folder is named through a descriptor.
import { once } from 'node:events'
import fs from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'

const O_PATH = 0o10000000
const { O_DIRECTORY, O_NOFOLLOW } = fs.constants
const EVERYBODY = 0o666 // who reaches the folder is this kernel alone

export type Door = { close(): void }

export async function openDoor(path: string, each: (connection: Socket) => void): Promise<Door> {
  const open = new Set<Socket>()
  const server = createServer((connection) => {
    open.add(connection)
    connection.once('close', () => open.delete(connection))
    each(connection)
  })
  const folder = fs.openSync(dirname(path), O_PATH | O_DIRECTORY | O_NOFOLLOW)
  const short = `/proc/self/fd/${folder}/${basename(path)}`
  try {
    server.listen(short)
    await once(server, 'listening')
    fs.chmodSync(short, EVERYBODY)
  } finally {
    fs.closeSync(folder)
  }
  const close = () => {
    server.close()
    for (const connection of open) connection.destroy()
  }
  return { close }
}
