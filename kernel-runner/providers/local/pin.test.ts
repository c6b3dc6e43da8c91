import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectPinned, pinSocket } from './pin.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pin-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

async function listening(name: string): Promise<net.Server> {
  const server = net.createServer((socket) => socket.destroy())
  server.listen(name)
  await once(server, 'listening')
  return server
}

test.skipIf(process.platform !== 'linux')(
  'a socket at a path that is too long is reached, and its pin is closed once',
  async () => {
    const deep = path.join(folder, 'x'.repeat(150))
    fs.mkdirSync(deep)
    const server = await listening(path.join(folder, 's'))
    fs.renameSync(path.join(folder, 's'), path.join(deep, 's'))
    const socket = connectPinned(path.join(deep, 's'))
    await once(socket ?? server, 'connect')
    const taken = fs.openSync(folder, 'r') // very likely the pin's number
    socket?.emit('error', new Error('later'))
    expect(fs.fstatSync(taken).isDirectory()).toBe(true)
    fs.closeSync(taken)
    socket?.destroy()
    server.close()
  },
)

test('nothing there, or something else, is no socket', () => {
  expect(connectPinned(path.join(folder, 'none'))).toBeNull()
  fs.writeFileSync(path.join(folder, 'file'), '')
  if (process.platform === 'linux') expect(() => pinSocket(path.join(folder, 'file'))).toThrow('something else')
})
