// A byte stream (the unix socket between gateway and runner) as a link's wire: each frame is preceded by its length
// (splitter.ts). The two sides differ only in how they read: server/kernels/wire.ts, kernel-runner/wire.ts.
import { prefixed } from './splitter.ts'
import type { Wire } from './wire.ts'

/** What is needed of a Node socket. */
export type ByteStream = {
  write(bytes: Uint8Array, sent?: () => void): unknown
  cork(): void
  uncork(): void
  readonly writableLength: number
}

const SMALL = 16 * 1024 // below it one copy is cheaper than two writes
const NOTHING = new Uint8Array(0)

/** `close` ends the stream; a byte stream has no close codes, so the far side always sees a lost connection. */
export function streamWire(stream: ByteStream, close: () => void): Wire {
  const two = (first: Uint8Array, second: Uint8Array) => {
    stream.cork()
    stream.write(first)
    stream.write(second)
    stream.uncork()
  }
  return {
    send: (frame) => {
      if (frame.byteLength <= SMALL) stream.write(prefixed(frame))
      else two(prefixed(NOTHING, frame.byteLength), frame)
    },
    sendApart: (head, payload) => two(prefixed(head, payload.byteLength), payload),
    flushed: (run) => void stream.write(NOTHING, run),
    buffered: () => stream.writableLength,
    close,
  }
}
