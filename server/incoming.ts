// What people send, as far as somebody reads it.
import type { Readable } from 'node:stream'

/** Its parts. What is left unread when its reader stops is let go: it would hold its connection until that is given up. */
export async function* partsOf(bytes: Readable): AsyncGenerator<Buffer> {
  try {
    yield* bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } finally {
    bytes.resume()
  }
}
