// One runner per home. The lock is held by the process itself, so a killed runner leaves none behind: on Linux an abstract
// socket, elsewhere the runner's own socket, which a living instance answers.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'

/** Starting again will not help: somebody has to change something. */
export class Misconfigured extends Error {}
export class InUse extends Misconfigured {}

/** Resolves with what releases the lock, or throws InUse. */
export async function lockHome(home: string): Promise<() => void> {
  const name = createHash('sha256').update(fs.realpathSync(home)).digest('hex').slice(0, 32)
  if (process.platform !== 'linux') return () => {}
  const server = net.createServer((socket) => socket.destroy())
  await listen(server, `\0scrydon-runner-${name}`).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new InUse() : error
  })
  server.unref()
  return () => server.close()
}

const ANSWER = 2000 // ms
const LONGEST_SOCKET = 107 // bytes of a unix socket's name, on Linux

/** Whoever connects to it does so by its whole path. */
export function checkLength(socket: string): void {
  if (Buffer.byteLength(socket) > LONGEST_SOCKET)
    throw new Misconfigured(
      `The path of the runner's socket is longer than ${LONGEST_SOCKET} bytes: choose a shorter SCRYDON_HOME or SCRYDON_RUNNER.`,
    )
}

/** Listens on a socket of ours alone, in a folder of ours alone. */
export async function listenPrivately(server: net.Server, socket: string): Promise<void> {
  fs.mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 })
  fs.chmodSync(path.dirname(socket), 0o700)
  if (await answers(socket)) throw new InUse()
  fs.rmSync(socket, { force: true })
  const before = process.umask(0o177) // the socket is made within the call; what others write meanwhile keeps its own mode
  const listening = listen(server, socket)
  process.umask(before)
  await listening
}

function listen(server: net.Server, where: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(where, () => {
    server.off('error', reject)
    resolve()
  })
  return promise
}

function answers(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = net.connect(socket)
  probe.once('connect', () => resolve(true))
  probe.once('error', () => resolve(false))
  probe.setTimeout(ANSWER, () => resolve(true)) // it takes no more connections, and is there
  return promise.finally(() => probe.destroy())
}
