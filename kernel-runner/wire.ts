// The unix socket from the gateway as a link's wire: each frame is preceded by its length (protocol/splitter.ts).
import type { Socket } from 'node:net'
import { WIRE } from '#protocol/limits.ts'
import type { Link } from '#protocol/link.ts'
import { prefixed, Splitter } from '#protocol/splitter.ts'
import type { Wire } from '#protocol/wire.ts'

const SMALL = 16 * 1024 // below it one copy is cheaper than two writes

const NOTHING = new Uint8Array(0)

export function unixWire(socket: Socket, link: () => Link): Wire {
  socket.on('drain', () => link().drain())
  const two = (first: Uint8Array, second: Uint8Array) => {
    socket.cork()
    socket.write(first)
    socket.write(second)
    socket.uncork()
  }
  return {
    send: (frame) => {
      if (frame.byteLength <= SMALL) socket.write(prefixed(frame))
      else two(prefixed(NOTHING, frame.byteLength), frame)
    },
    sendApart: (head, payload) => two(prefixed(head, payload.byteLength), payload),
    flushed: (run) => void socket.write(NOTHING, run),
    buffered: () => socket.writableLength,
    close: () => {
      socket.end()
      setTimeout(() => socket.destroy(), WIRE.helloDeadline).unref()
    },
  }
}

/** Feeds the link from its socket. A byte stream has no close codes: the far side always sees a lost connection. */
export function feed(socket: Socket, link: Link): void {
  const splitter = new Splitter((frame) => link.receive(frame))
  socket.on('data', (chunk) => {
    if (!splitter.push(chunk)) link.close('badFrame')
  })
  socket.on('close', () => link.wireClosed(0))
  socket.on('error', () => socket.destroy()) // 'close' follows
}
