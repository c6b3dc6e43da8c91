// Room for small frames, cut from shared slabs: an ArrayBuffer of its own for each costs more than the frame. A slab lives
// as long as any frame on it, so only what is short-lived comes from here.
const SLAB = 64 * 1024
const SMALL = 4 * 1024

let slab = new Uint8Array(SLAB)
let used = 0

export function allocate(length: number): Uint8Array<ArrayBuffer> {
  if (length > SMALL) return new Uint8Array(length)
  if (used + length > SLAB) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  used += length
  return slab.subarray(used - length, used)
}
