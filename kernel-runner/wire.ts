// The unix socket from the gateway as a link's wire.
import type { Socket } from 'node:net'
import { WIRE } from '#protocol/limits.ts'
import type { Link } from '#protocol/link.ts'
import { Splitter } from '#protocol/splitter.ts'
import { streamWire } from '#protocol/streamWire.ts'
import type { Wire } from '#protocol/wire.ts'

export function unixWire(socket: Socket, link: () => Link): Wire {
  socket.on('drain', () => link().drain())
  return streamWire(socket, () => {
    socket.end()
    setTimeout(() => socket.destroy(), WIRE.helloDeadline).unref()
  })
}

/** Feeds the link from its socket. */
export function feed(socket: Socket, link: Link): void {
  const splitter = new Splitter('kept', (frame) => link.receive(frame))
  socket.on('data', (chunk) => {
    if (!splitter.push(chunk)) link.close('badFrame')
  })
  socket.on('close', () => link.wireClosed(0))
  socket.on('error', () => socket.destroy()) // 'close' follows
}
