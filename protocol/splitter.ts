// Frames on a byte stream (the unix socket): each is preceded by its length as a varint. Any chunking is handled; a frame
// that lies whole in one chunk is handed on as a view of it (a copy where chunks are reused), one that spans chunks is
// copied once.
import { WIRE } from './limits.ts'
import { allocate } from './slab.ts'
import { MALFORMED, readVarint, TRUNCATED, varintLength, writeVarint } from './varint.ts'

const LONGEST = WIRE.fragment + 32 // a fragment and its head

/** A frame with its length before it; `after`: bytes of the frame that follow in a piece of their own. */
export function prefixed(frame: Uint8Array, after = 0): Uint8Array<ArrayBuffer> {
  const length = frame.byteLength + after
  const bytes = allocate(varintLength(length) + frame.byteLength)
  bytes.set(frame, writeVarint(bytes, 0, length))
  return bytes
}

/** May a frame go on being a view of its chunk, or is the chunk's memory read into again? */
export type Chunks = 'kept' | 'reused'

export class Splitter {
  readonly #chunks: Chunks
  readonly #onFrame: (frame: Uint8Array) => void
  #rest: Uint8Array = new Uint8Array(0)
  #building: { readonly frame: Uint8Array; filled: number } | null = null

  constructor(chunks: Chunks, onFrame: (frame: Uint8Array) => void) {
    this.#chunks = chunks
    this.#onFrame = onFrame
  }

  /** Takes the next chunk; false where the stream holds no valid length: it must be ended. */
  push(chunk: Uint8Array): boolean {
    let at = this.#fill(chunk)
    let bytes = chunk
    if (this.#rest.byteLength > 0) {
      bytes = joined(this.#rest, chunk.subarray(at))
      this.#rest = bytes.subarray(0, 0)
      at = 0
    }
    while (at < bytes.byteLength) {
      const length = readVarint(bytes, at)
      if (length === MALFORMED || length > LONGEST) return false
      const start = at + varintLength(Math.max(0, length))
      if (length === TRUNCATED) {
        this.#rest = bytes.slice(at)
        return true
      }
      if (start + length > bytes.byteLength) {
        this.#building = { frame: new Uint8Array(length), filled: 0 }
        this.#fill(bytes.subarray(start))
        return true
      }
      const lent = this.#chunks === 'reused' && bytes === chunk
      this.#onFrame(lent ? bytes.slice(start, start + length) : bytes.subarray(start, start + length))
      at = start + length
    }
    return true
  }

  /** Goes on with a frame begun in an earlier chunk; returns how much of this one it took. */
  #fill(chunk: Uint8Array): number {
    const building = this.#building
    if (building === null) return 0
    const part = chunk.subarray(0, building.frame.byteLength - building.filled)
    building.frame.set(part, building.filled)
    building.filled += part.byteLength
    if (building.filled === building.frame.byteLength) {
      this.#building = null
      this.#onFrame(building.frame)
    }
    return part.byteLength
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.byteLength + tail.byteLength)
  bytes.set(head)
  bytes.set(tail, head.byteLength)
  return bytes
}
