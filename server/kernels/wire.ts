// The unix socket to the kernel runner as a link's wire.
import { connect, type Socket } from 'node:net'
import { WIRE } from '#protocol/limits.ts'
import type { Link } from '#protocol/link.ts'
import { Splitter } from '#protocol/splitter.ts'
import { streamWire } from '#protocol/streamWire.ts'
import type { Wire } from '#protocol/wire.ts'

const READ = 256 * 1024 // more than a unix socket holds

export type Dialled = { readonly socket: Socket; readonly wire: Wire }

/**
 * Connects, and feeds the link that `link` answers. Read into one buffer and copied from there: a buffer for each read, of
 * at most 64 KiB, costs more than the copy (bench/mux.ts).
 */
export function dial(path: string, link: () => Link): Dialled {
  const splitter = new Splitter('reused', (frame) => link().receive(frame))
  const callback = (length: number, buffer: Uint8Array) => {
    if (!splitter.push(buffer.subarray(0, length))) link().close('badFrame')
    return true
  }
  const socket = connect({ path, onread: { buffer: new Uint8Array(READ), callback } })
  socket.on('drain', () => link().drain())
  socket.on('close', () => link().wireClosed(0))
  socket.on('error', () => socket.destroy()) // 'close' follows
  const wire = streamWire(socket, () => {
    socket.end()
    setTimeout(() => socket.destroy(), WIRE.helloDeadline).unref()
  })
  return { socket, wire }
}
