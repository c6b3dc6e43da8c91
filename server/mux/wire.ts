// A browser's WebSocket as a link's wire.

import type { ServerOptions, WebSocket } from 'ws'
import { WIRE } from '#protocol/limits.ts'
import type { Link } from '#protocol/link.ts'
import type { Wire } from '#protocol/wire.ts'

/** How the WebSocketServer of /mux must be made: frames bounded before they are read, no pong queue, no compression. */
export const MUX_SOCKET = {
  perMessageDeflate: false,
  maxPayload: WIRE.fragment + 32,
  autoPong: false, // a browser sends no ping; answers to one that pings without reading would pile up
  skipUTF8Validation: true, // no text frame is accepted
} as const satisfies ServerOptions

const WATCHED = WIRE.unsentSocket - 2 * WIRE.fragment

export function webSocketWire(socket: WebSocket, link: () => Link): Wire {
  const sent = () => link().drain()
  return {
    // Only a send that may fill the socket needs to hear of its end: the link waits for room from then on.
    send: (frame) => (socket.bufferedAmount < WATCHED ? socket.send(frame) : socket.send(frame, sent)),
    buffered: () => socket.bufferedAmount,
    close: (code, reason) => {
      socket.close(code, reason)
      const late = setTimeout(() => socket.terminate(), WIRE.helloDeadline).unref() // a peer that does not answer the close
      socket.once('close', () => clearTimeout(late))
    },
  }
}

/** Feeds the link from its socket. Call it in the same tick in which the socket was made, or frames are missed. */
export function feed(socket: WebSocket, link: Link): void {
  socket.on('message', (data, binary) => {
    if (binary) link.receive(data as Buffer)
    else link.close('badFrame')
  })
  socket.on('close', (code) => link.wireClosed(code))
  socket.on('error', () => link.close('badFrame')) // what ws itself refused: it has said its own code; 'close' follows
}
